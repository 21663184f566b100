//! The JSON of `+RTS -pj`: the cost centres by number, then a tree of them.

use std::io::BufReader;

use firesteel_model::{FrameId, Nanoseconds, Period, StackId, ValueType};
use hashbrown::HashMap;
use rapidhash::fast::SeedableState;

use super::json_tokens::{Token, Tokens};
use super::{columns_with_ticks, frame};
use crate::content::Content;
use crate::error::Error;
use crate::format::Format;
use crate::options::ReadOptions;
use crate::profile_builder::ProfileBuilder;
use crate::read::Read;
use crate::text_number::decimal;
use crate::warning::{Place, WarningKind};

/// How deep the tree may be.
const MAX_DEPTH: usize = 1_000_000;

pub(super) fn read(content: &mut Content<'_>, options: &ReadOptions) -> Result<Read, Error> {
    let mut builder = ProfileBuilder::new(columns_with_ticks(), options);
    builder.profile.metadata.default_sample_type = 1;
    let mut tokens = Tokens::new(BufReader::new(content));
    let mut reader = Reader {
        builder,
        open: Vec::new(),
        part: Part::Other,
        tick: 0,
        ticks: 0,
        centre: Centre::default(),
        centres: HashMap::with_hasher(SeedableState::fixed()),
        nodes: Vec::new(),
    };
    while let Some(token) = tokens.next().map_err(Error::reading)? {
        if reader.open.len() > MAX_DEPTH {
            reader.builder.warnings.add(WarningKind::BrokenTail, Place::Byte(tokens.position));
            break;
        }
        reader.token(token, tokens.position);
    }
    if !reader.open.is_empty() {
        reader.builder.warnings.add(WarningKind::BrokenTail, Place::Byte(tokens.position));
    }
    let total = reader.tick.saturating_mul(reader.ticks);
    reader.builder.profile.metadata.duration = Some(Nanoseconds(total as u64));
    Ok(reader.builder.finish(Format::GhcProfile))
}

/// An object or an array that is not closed yet.
#[derive(Clone, Debug)]
enum Container {
    /// An object with the key whose value is next.
    Object(Option<String>),
    Array,
}

/// The part of the document that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Other,
    Centres,
    Tree,
}

#[derive(Default)]
struct Centre {
    id: Option<i64>,
    name: String,
    module: String,
    source: String,
}

/// A node of the tree that is being read.
#[derive(Clone, Copy, Default)]
struct Node {
    centre: Option<i64>,
    entries: i64,
    bytes: i64,
    ticks: i64,
    /// Its stack, known once its numbers are, which come before its children.
    stack: Option<StackId>,
}

struct Reader {
    builder: ProfileBuilder,
    open: Vec<Container>,
    part: Part,
    /// Nanoseconds of a tick.
    tick: i64,
    ticks: i64,
    centre: Centre,
    centres: HashMap<i64, FrameId, SeedableState<'static>>,
    nodes: Vec<Node>,
}

impl Reader {
    fn token(&mut self, token: Token, position: u64) {
        match token {
            Token::BeginObject => self.begin_object(),
            Token::BeginArray => {
                // The children: their parent is complete.
                self.settle(position);
                self.enter(Container::Array);
            }
            Token::EndObject => {
                if self.part == Part::Tree {
                    self.settle(position);
                    self.nodes.pop();
                } else if self.part == Part::Centres {
                    self.end_centre();
                }
                self.leave();
            }
            Token::EndArray => self.leave(),
            Token::Text(text) => match self.open.last_mut() {
                Some(Container::Object(key @ None)) => *key = Some(text),
                _ => self.value(&text),
            },
            Token::Plain(text) => self.value(&text),
        }
    }

    fn begin_object(&mut self) {
        match self.part {
            Part::Tree => self.nodes.push(Node::default()),
            Part::Centres => self.centre = Centre::default(),
            Part::Other => {}
        }
        self.enter(Container::Object(None));
        if self.part == Part::Tree && self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
    }

    fn enter(&mut self, container: Container) {
        if self.open.len() == 1
            && let Some(Container::Object(Some(key))) = self.open.first()
        {
            self.part = match key.as_str() {
                "cost_centres" => Part::Centres,
                "profile" => Part::Tree,
                _ => Part::Other,
            };
        }
        self.open.push(container);
    }

    /// Closes the innermost container, which was the value of a key.
    fn leave(&mut self) {
        self.open.pop();
        if let Some(Container::Object(key)) = self.open.last_mut() {
            *key = None;
        }
        if self.open.len() <= 1 {
            self.part = Part::Other;
            self.nodes.clear();
        }
    }

    /// Takes the value of a key.
    fn value(&mut self, text: &str) {
        let depth = self.open.len();
        let Some(Container::Object(key)) = self.open.last_mut() else { return };
        let Some(key) = key.take() else { return };
        let number = decimal(text);
        match (self.part, key.as_str()) {
            (Part::Centres, "id") => self.centre.id = number,
            (Part::Centres, "label") => text.clone_into(&mut self.centre.name),
            (Part::Centres, "module") => text.clone_into(&mut self.centre.module),
            (Part::Centres, "src_loc") => text.clone_into(&mut self.centre.source),
            (Part::Tree, key) => {
                let Some(node) = self.nodes.last_mut() else { return };
                match key {
                    "id" => node.centre = number,
                    "entries" => node.entries = number.unwrap_or(0),
                    "alloc" => node.bytes = number.unwrap_or(0),
                    "ticks" => node.ticks = number.unwrap_or(0),
                    _ => {}
                }
            }
            (Part::Other, key) if depth == 1 => {
                let metadata = &mut self.builder.profile.metadata;
                match key {
                    "program" => text.clone_into(&mut metadata.title),
                    "end_time" => metadata.set_property("date", text),
                    "total_ticks" => self.ticks = number.unwrap_or(0),
                    "tick_interval" => {
                        self.tick = number.unwrap_or(0).saturating_mul(1000);
                        metadata.period = Some(Period { value_type: ValueType::cpu(), value: self.tick });
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn end_centre(&mut self) {
        let centre = std::mem::take(&mut self.centre);
        if let Some(id) = centre.id {
            let frame = frame(&centre.module, &centre.name, &centre.source, &mut self.builder);
            self.centres.insert(id, frame);
        }
    }

    /// Adds the node whose numbers were read last, unless that is done.
    fn settle(&mut self, position: u64) {
        if self.part != Part::Tree {
            return;
        }
        let parent = self.nodes.len().checked_sub(2).and_then(|index| self.nodes.get(index));
        let parent = parent.and_then(|node| node.stack).unwrap_or(StackId::ROOT);
        let Some(node) = self.nodes.last_mut().filter(|node| node.stack.is_none()) else { return };
        let frame = node.centre.and_then(|id| self.centres.get(&id)).copied().unwrap_or_else(|| {
            self.builder.warnings.add(WarningKind::DanglingReference, Place::Byte(position));
            FrameId::UNKNOWN
        });
        let stack = self.builder.profile.push_stack(parent, frame);
        node.stack = Some(stack);
        let values = [node.ticks, node.ticks.saturating_mul(self.tick), node.bytes, node.entries];
        if values.iter().any(|&value| value != 0) {
            self.builder.add_values(stack, &values);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::format::Format;
    use crate::test_text::{details, read};
    use crate::warning::WarningKind;

    /// In the order in which GHC writes it.
    const TEXT: &str = r#"{
"program": "prog",
"arguments": ["prog"],
"rts_arguments": ["-pj"],
"end_time": "Thu Oct 10 12:00 2019",
"initial_capabilities": 0,
"total_time": 0.68,
"total_ticks": 68,
"tick_interval": 10000,
"total_alloc": 204677844,
"cost_centres": [
{"id": 1, "label": "MAIN", "module": "MAIN", "src_loc": "<built-in>", "is_caf": false},
{"id": 2, "label": "main", "module": "Main", "src_loc": "Main.hs:5:1-20", "is_caf": false},
{"id": 3, "label": "fib", "module": "Main", "src_loc": "Main.hs:(3,1)-(4,20)", "is_caf": false}],
"profile": {"id": 1, "entries": 0, "alloc": 504, "ticks": 0, "children": [
{"id": 2, "entries": 1, "alloc": 40935569, "ticks": 7, "children": [
{"id": 3, "entries": 242785, "alloc": 163742275, "ticks": 61, "children": []}]},
{"id": 3, "entries": 1, "alloc": 0, "ticks": 0, "children": []}]}
}
"#;

    #[test]
    fn reads_the_tree() {
        insta::assert_snapshot!(details(&read(Format::GhcProfile, TEXT)), @r"
        samples/count cpu/nanoseconds alloc_space/bytes entries/count
        [0, 0, 504, 0]
          MAIN.MAIN
        [7, 70000000, 40935569, 1]
          MAIN.MAIN
          Main.main Main.hs:5
        [61, 610000000, 163742275, 242785]
          MAIN.MAIN
          Main.main Main.hs:5
          Main.fib Main.hs:3
        [0, 0, 0, 1]
          MAIN.MAIN
          Main.fib Main.hs:3
        ");
    }

    #[test]
    fn depth_costs_no_recursion() {
        let (head, tail) = TEXT.split_once("\"profile\": ").unwrap();
        assert!(!tail.is_empty());
        let depth = 10_000;
        let node = "{\"id\": 3, \"entries\": 1, \"alloc\": 1, \"ticks\": 1, \"children\": [";
        let text = format!("{head}\"profile\": {}{}}}", node.repeat(depth), "]}".repeat(depth));
        let deep = read(Format::GhcProfile, &text);
        assert_eq!(deep.profile.totals(), [10_000, 100_000_000_000, 10_000, 10_000]);
        let cut = read(Format::GhcProfile, text.get(..text.len() - 100).unwrap());
        assert_eq!(cut.warnings.count(WarningKind::BrokenTail), 1);
    }
}
