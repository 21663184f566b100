//! A profile as callgrind's format, as `go tool pprof -callgrind` writes it.

use std::collections::BTreeMap;
use std::io;

use firesteel_model::{FrameId, FunctionId, LineNumber, Profile, StringId};
use hashbrown::{HashMap, HashSet};
use rapidhash::fast::SeedableState;

use crate::error::Error;

/// A function in a binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Node {
    function: FunctionId,
    object: StringId,
}

/// What a function costs itself by line, and what it spends in others by the line of the call.
#[derive(Default)]
struct Costs {
    own: BTreeMap<LineNumber, i64>,
    calls: BTreeMap<(Node, LineNumber), i64>,
}

/// Writes one value column for KCachegrind and its like: of each function its own cost by line, and what each of its
/// calls costs with everything below. A call that is on a stack several times counts once. Numbers of calls are not
/// known and written as 0.
///
/// # Errors
///
/// [`Error::NoSuchColumn`] when there is no such column, and when writing fails.
pub fn write(profile: &Profile, column: usize, output: &mut dyn io::Write) -> Result<(), Error> {
    let column = crate::folded::Column::Index(column).resolve(profile)?;
    write_all(profile, column, output).map_err(Error::writing)
}

fn write_all(profile: &Profile, column: usize, output: &mut dyn io::Write) -> io::Result<()> {
    let Some(column_type) = profile.sample_types().get(column) else { return Ok(()) };
    writeln!(output, "# callgrind format\nversion: 1\ncreator: firesteel")?;
    if !profile.metadata.title.is_empty() {
        writeln!(output, "cmd: {}", one_line(&profile.metadata.title))?;
    }
    if column_type.decimals > 0 {
        writeln!(output, "desc: Costs are multiplied by: 1e{}", column_type.decimals)?;
    }
    let name = one_line(&column_type.name).replace(' ', "_");
    writeln!(output, "positions: line\nevents: {name}({})", one_line(column_type.unit.as_str()).replace(' ', "_"))?;
    let costs = costs(profile, column);
    let (mut objects, mut files, mut functions) = (Numbers::default(), Numbers::default(), Numbers::default());
    for (node, costs) in &costs {
        let text = |id| profile.string(id);
        let function = profile.function(node.function);
        writeln!(output, "\nob={}", objects.field(text(node.object)))?;
        writeln!(output, "fl={}", files.field(text(function.file)))?;
        writeln!(output, "fn={}", functions.field(name_of(profile, *node)))?;
        for (line, cost) in &costs.own {
            writeln!(output, "{line} {cost}")?;
        }
        for ((callee, line), cost) in &costs.calls {
            let function = profile.function(callee.function);
            writeln!(output, "cob={}", objects.field(text(callee.object)))?;
            writeln!(output, "cfi={}", files.field(text(function.file)))?;
            writeln!(output, "cfn={}", functions.field(name_of(profile, *callee)))?;
            writeln!(output, "calls=0 {}\n{line} {cost}", function.start_line)?;
        }
    }
    let total = profile.totals().get(column).copied().unwrap_or(0);
    writeln!(output, "\ntotals: {total}")
}

/// The costs of every function, in the order of their ids.
fn costs(profile: &Profile, column: usize) -> BTreeMap<Node, Costs> {
    let mut costs: BTreeMap<Node, Costs> = BTreeMap::new();
    let mut seen: HashSet<(Node, Node), SeedableState<'static>> = HashSet::with_hasher(SeedableState::fixed());
    let mut frames: Vec<FrameId> = Vec::new();
    for sample in profile.samples() {
        let value = sample.values.get(column).copied().unwrap_or(0);
        if value == 0 {
            continue;
        }
        frames.clear();
        frames.extend(profile.stacks().frames(sample.stack));
        // Even what has no frame belongs to somebody, or totals would not agree.
        let leaf = frames.first().copied().unwrap_or(FrameId::UNKNOWN);
        let own = costs.entry(node(profile, leaf)).or_default().own.entry(profile.frame(leaf).line).or_insert(0);
        *own = own.saturating_add(value);
        seen.clear();
        // From the root, so that of a recursive call the outermost counts.
        for pair in frames.windows(2).rev() {
            let [callee, caller] = *pair else { continue };
            let edge = (node(profile, caller), node(profile, callee));
            if seen.insert(edge) {
                let line = profile.frame(caller).line;
                let calls = &mut costs.entry(edge.0).or_default().calls;
                let call = calls.entry((edge.1, line)).or_insert(0);
                *call = call.saturating_add(value);
            }
        }
    }
    costs
}

fn node(profile: &Profile, frame: FrameId) -> Node {
    let frame = profile.frame(frame);
    Node { function: frame.function, object: profile.mapping(frame.mapping).file }
}

fn name_of(profile: &Profile, node: Node) -> &str {
    match profile.string(profile.function(node.function).name) {
        "" => "[unknown]",
        name => name,
    }
}

/// Numbers of names that were written before.
#[derive(Default)]
struct Numbers {
    known: HashMap<String, usize, SeedableState<'static>>,
}

impl Numbers {
    /// A name with a number the first time, later the number.
    fn field(&mut self, name: &str) -> String {
        let name = if name.is_empty() { "???" } else { name };
        let next = self.known.len() + 1;
        if let Some(number) = self.known.get(name) {
            return format!("({number})");
        }
        self.known.insert(name.to_owned(), next);
        format!("({next}) {}", one_line(name))
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
