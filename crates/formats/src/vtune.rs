//! Reports of VTune as CSV: `vtune -report top-down -format csv`, and the flat `-report hotspots`.
//!
//! The first column is the tree, indented by spaces. Every metric with a heading `…:Self` becomes a value column; times
//! are in seconds. The row `Total` is the root of everything, not a function, so it is no frame.

use std::borrow::Cow;

use firesteel_model::{FrameKind, Unit, ValueType};

use crate::content::Content;
use crate::delimited::{TreePath, delimiter, fields};
use crate::error::Error;
use crate::format::Format;
use crate::head::Head;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_lines::{TextFrame, TextReader, read_lines};
use crate::text_number::{hexadecimal, scaled};
use crate::warning::{Place, WarningKind};

/// Whether content begins like this format: a heading of functions and times.
pub(crate) fn looks_like(head: &Head<'_>) -> bool {
    head.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| Heading::parse(line).is_some())
}

/// Reads content of this format.
pub(crate) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let builder = ProfileBuilder::new(vec![ValueType::cpu()], options);
    let mut reader = Reader { builder, heading: None, path: TreePath::default() };
    read_lines(content, &mut reader)?;
    Ok(reader.builder.finish(Format::Vtune))
}

struct Reader {
    builder: ProfileBuilder,
    heading: Option<Heading>,
    path: TreePath,
}

/// Where what stands in a row.
struct Heading {
    delimiter: char,
    function: usize,
    full_name: Option<usize>,
    module: Option<usize>,
    file: Option<usize>,
    address: Option<usize>,
    metrics: Vec<(usize, ValueType)>,
}

impl Heading {
    fn parse(line: &str) -> Option<Self> {
        let line = line.trim_start_matches('\u{feff}');
        let delimiter = delimiter(line);
        let names = fields(line, delimiter);
        let position = |name: &str| names.iter().position(|field| field.trim() == name);
        let tree = position("Function Stack");
        let function = tree.or_else(|| position("Function"))?;
        let is_metric = |name: &str| match tree {
            Some(_) => name.strip_suffix(":Self").is_some_and(|metric| !metric.contains(':')),
            None => name == "CPU Time",
        };
        let metrics: Vec<_> = names
            .iter()
            .enumerate()
            .filter(|(_, name)| is_metric(name.trim()))
            .map(|(index, name)| (index, metric(name.trim().trim_end_matches(":Self"))))
            .collect();
        (!metrics.is_empty()).then(|| Self {
            delimiter,
            function,
            full_name: position("Function (Full)"),
            module: position("Module"),
            file: position("Source File"),
            address: position("Start Address"),
            metrics,
        })
    }
}

/// The column of a metric: times are seconds, all else is counted.
fn metric(name: &str) -> ValueType {
    if name == "CPU Time" {
        return ValueType::cpu();
    }
    let unit = if name.ends_with(" Time") { Unit::Nanoseconds } else { Unit::Count };
    ValueType::new(name.to_lowercase().replace(' ', "_"), unit)
}

impl TextReader for Reader {
    fn line(&mut self, line: &str, place: Place) {
        if line.trim().is_empty() {
            return;
        }
        let Some(heading) = &self.heading else {
            self.heading = Heading::parse(line);
            match &self.heading {
                Some(heading) => {
                    let columns = heading.metrics.iter().map(|(_, column)| column.clone()).collect();
                    self.builder.restart(columns);
                }
                None => self.builder.warnings.add(WarningKind::UnreadableLine, place),
            }
            return;
        };
        let row = fields(line, heading.delimiter);
        let text = |index: Option<usize>| index.and_then(|index| row.get(index)).map_or("", |field| field.trim());
        let Some(function) = row.get(heading.function).map(Cow::as_ref).filter(|name| !name.trim().is_empty()) else {
            self.builder.warnings.add(WarningKind::UnreadableLine, place);
            return;
        };
        let depth = function.len() - function.trim_start().len();
        let parent = self.path.parent(depth);
        let stack = if function == "Total" {
            parent
        } else {
            let full_name = text(heading.full_name);
            let address = text(heading.address);
            let frame = self.builder.text_frame(&TextFrame {
                name: if full_name.is_empty() { function.trim() } else { full_name },
                file: text(heading.file),
                module: text(heading.module),
                address: hexadecimal(address).unwrap_or(0),
                kind: FrameKind::Native,
                ..TextFrame::default()
            });
            self.builder.profile.push_stack(parent, frame)
        };
        self.path.push(depth, stack);
        let mut values = Vec::with_capacity(heading.metrics.len());
        for (index, column) in &heading.metrics {
            let field = text(Some(*index)).trim_end_matches('s').trim_end();
            let decimals = if column.unit == Unit::Nanoseconds { 9 } else { 0 };
            let value = if field.is_empty() { Some(0) } else { scaled(field, decimals) };
            let Some(value) = value else {
                self.builder.warnings.add(WarningKind::MalformedCount, place);
                return;
            };
            values.push(value);
        }
        if values.iter().any(|&value| value != 0) {
            self.builder.add_values(stack, &values);
        }
    }

    fn builder(&mut self) -> &mut ProfileBuilder {
        &mut self.builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_text::{details, folded, read};

    #[test]
    fn reads_a_tree_with_its_metrics() {
        insta::assert_snapshot!(details(&read(Format::Vtune, "\
Function Stack,CPU Time:Self,CPU Time:Effective Time:Self,Wait Count:Self,Module,Function (Full),Source File,Start Address
Total,0,0,0,,,,
  _start,0,0,0,prog,_start,,0x401000
    main,0.010000,0.01,2,prog,main,main.c,0x401100
      \"leaf<int, char>\",0.500000s,0.5,0,prog,\"leaf<int, char>(int)\",leaf.cpp,0x401300
      [Unknown stack frame(s)],0.250000,0.25,0,,,,
  clone,0.125,0,1,libc.so.6,clone,,0
")), @r"
        cpu/nanoseconds wait_count/count
        [10000000, 2]
          _start [prog] 0x401000 Native
          main main.c:0 [prog] 0x401100 Native
        [500000000, 0]
          _start [prog] 0x401000 Native
          main main.c:0 [prog] 0x401100 Native
          leaf<int, char>(int) leaf.cpp:0 [prog] 0x401300 Native
        [250000000, 0]
          _start [prog] 0x401000 Native
          main main.c:0 [prog] 0x401100 Native
          [Unknown stack frame(s)] Native
        [125000000, 1]
          clone [libc.so.6] Native
        ");
    }

    #[test]
    fn reads_other_orders_and_notations() {
        insta::assert_snapshot!(folded(Format::Vtune, "\
Module;Function Stack;CPU Time:Self
;Total;0
prog; main;0,5
prog;  work;1,25
"), @r"
        main 500000000
        main;work 1250000000
        ");
    }

    #[test]
    fn reads_flat_hotspots() {
        insta::assert_snapshot!(folded(Format::Vtune, "Function\tCPU Time\tModule\nwork\t1.5\tprog\nmain\t0.5\tprog\n"), @r"
        main 500000000
        work 1500000000
        ");
    }
}
