//! Tables of rows with a schema.

use crate::json::{JsonError, JsonReader, Kind, Scalar};

/// Reads a table `{schema: {name: position}, data: [[…]]}` and calls back for each row with the cells of the columns in
/// the order they are asked for. Cells that a row lacks are [`Scalar::Nothing`]. The names are those of the schema if it
/// comes first, as it always does, else the columns are taken as they are asked for.
pub(super) fn read_rows<const N: usize>(
    json: &mut JsonReader<'_>,
    columns: [&str; N],
    mut row: impl FnMut([Scalar; N]),
) -> Result<(), JsonError> {
    let mut positions: [Option<u32>; N] = std::array::from_fn(|index| Some(index as u32));
    json.object(|json, key| match key {
        "schema" => {
            positions = [None; N];
            json.object(|json, name| {
                let index = columns.iter().position(|column| *column == name);
                if let Some(position) = index.and_then(|index| positions.get_mut(index)) {
                    *position = json.index()?;
                }
                Ok(())
            })
        }
        "data" => json.array(|json| {
            let mut cells = [const { Scalar::Nothing }; N];
            let mut number = 0;
            json.array(|json| {
                let wanted = positions.iter().position(|position| *position == Some(number));
                number += 1;
                match wanted.and_then(|wanted| cells.get_mut(wanted)) {
                    Some(cell) if matches!(json.kind()?, Kind::Text | Kind::Word) => *cell = json.scalar()?,
                    _ => {}
                }
                Ok(())
            })?;
            row(cells);
            Ok(())
        }),
        _ => Ok(()),
    })
}
