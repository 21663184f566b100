//! Which value column is meant.

use firesteel_model::Profile;

use crate::error::FilterError;

/// The value column of a name or a number from 0, as pprof's `sample_index`: `inuse_space` also finds `space`.
///
/// # Errors
///
/// When the profile has no such column.
pub fn sample_index(profile: &Profile, wanted: &str) -> Result<usize, FilterError> {
    let types = profile.sample_types();
    let found = if let Ok(number) = wanted.parse::<usize>() {
        (number < types.len()).then_some(number)
    } else {
        let short = wanted.strip_prefix("inuse_").unwrap_or(wanted);
        types.iter().position(|known| known.name == wanted || known.name == short)
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = types.iter().map(|known| known.name.as_str()).collect();
        FilterError::NoSuchValue { wanted: wanted.to_owned(), known: names.join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_model::{Unit, ValueType};

    #[test]
    fn columns_are_found_by_name_and_number() {
        let profile = Profile::new(vec![
            ValueType::new("objects", Unit::Count),
            ValueType::new("space", Unit::Bytes),
            ValueType::new("7", Unit::Count),
        ]);
        let check = |wanted| sample_index(&profile, wanted).ok();
        assert_eq!(check("space"), Some(1));
        assert_eq!(check("inuse_space"), Some(1));
        assert_eq!(check("0"), Some(0));
        assert_eq!(check("7"), None, "numbers are positions");
        assert_eq!(check("-1"), None);
        let error = sample_index(&profile, "cpu").unwrap_err();
        assert_eq!(error.to_string(), "the profile has no value `cpu`; it has: objects, space, 7");
    }
}
