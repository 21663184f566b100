//! Judges profiles of the `leafheavy` program: every caller chain is documented in `examples/go/README.md`.
//!
//! Two judges look at each stack. The documents say which chains there can be. The program's own CPU profile of the
//! same run says which there were: a chain that has a fair share of a leaf's samples here and is never seen there
//! is wrong although no document forbids it.

use std::collections::BTreeMap;
use std::fmt;

use crate::stacks::{NamedFrame, Stack};

/// What the documents say of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// One of the documented chains.
    Documented,
    /// The runtime's own work, or the program's before and after its own.
    Runtime,
    /// Ends, as it says itself, where the runtime switched to another stack.
    Cut,
    /// Not possible.
    Wrong,
}

/// How often a chain must be expected in the program's own profile before its absence counts against it.
const EXPECTED: f64 = 10.0;

/// Where stacks begin. The last ones are where the frame-pointer chain ends when the runtime or the kernel switched
/// stacks.
const ROOTS: [&str; 9] = [
    "runtime.goexit",
    "runtime.mstart",
    "runtime.rt0_go",
    "_rt0_amd64_linux",
    "_rt0_arm64_linux",
    "runtime.mcall",
    "runtime.sigtramp",
    "runtime.sigreturn",
    "runtime.morestack",
];

/// Chains below `main.(*worker).work`; each may end early.
const CHAINS: [&[&str]; 3] =
    [&["main.copyLoop", "runtime.memmove"], &["main.hash", "main.mix"], &["main.callLoop", "main.framed", "main.leaf"]];

/// What only the program's own work calls.
const LEAVES: [&str; 2] = ["runtime.memmove", "runtime.mapassign_fast64"];

/// A name without what tools disagree about: type arguments, ABI suffixes.
fn plain(name: &str) -> &str {
    let name = name.find('[').filter(|&start| start > 0).map_or(name, |start| &name[..start]);
    for suffix in [".abi0", ".abiinternal", "__sigaction"] {
        if let Some(shorter) = name.strip_suffix(suffix) {
            return shorter;
        }
    }
    name
}

/// The names of a stack's user frames, root first.
fn names(stack: &Stack) -> Vec<&str> {
    stack.user_frames().map(|frame| plain(&frame.name)).collect()
}

fn is_wrapper(name: &str) -> bool {
    let rest = name.strip_prefix("main.run.").unwrap_or_default();
    rest.starts_with("gowrap") || rest.starts_with("func")
}

fn is_runtime(name: &str) -> bool {
    // The bodies of `runtime.memequal` and others are functions without a package.
    name.starts_with("runtime.") || name.starts_with("internal/") || !name.contains('.')
}

/// Judges one stack by the documents: `names` are those of its user frames, root first.
#[must_use]
pub fn judge_names(names: &[&str]) -> Verdict {
    let Some((&root, rest)) = names.split_first() else { return Verdict::Runtime };
    if !ROOTS.contains(&root) {
        return Verdict::Wrong;
    }
    if root == "runtime.morestack" {
        return Verdict::Cut;
    }
    if !names.iter().any(|name| name.starts_with("main.")) {
        // A goroutine of the program begins in the program.
        let lost = root == "runtime.goexit" && rest.first().is_some_and(|first| LEAVES.contains(first));
        return if lost { Verdict::Wrong } else { Verdict::Runtime };
    }
    if rest.starts_with(&["runtime.main", "main.main"]) {
        let works = names.iter().any(|name| name.starts_with("main.(*worker)."));
        return if works { Verdict::Wrong } else { Verdict::Runtime };
    }
    let rest = match rest.split_first() {
        Some((first, rest)) if is_wrapper(first) => rest,
        _ => rest,
    };
    match rest {
        [] => Verdict::Runtime,
        ["main.(*worker).run"] => Verdict::Documented,
        ["main.(*worker).run", "main.(*worker).work", chain @ ..] => judge_chain(chain),
        // The end of a worker.
        ["main.(*worker).run", first, ..]
            if is_runtime(first) || first.starts_with("sync") || first.starts_with("main.(*worker).run.deferwrap") =>
        {
            Verdict::Runtime
        }
        _ => Verdict::Wrong,
    }
}

/// Judges what is below `main.(*worker).work`.
fn judge_chain(chain: &[&str]) -> Verdict {
    // What the runtime does about preemption may follow every function.
    let end = chain.iter().position(|&name| is_interruption(name)).unwrap_or(chain.len());
    let (chain, interruption) = chain.split_at(end);
    let fits = match chain {
        ["main.writeMap" | "main.sortNumbers"] => true,
        ["main.writeMap", "runtime.mapassign_fast64", below @ ..] => below.iter().all(|name| is_runtime(name)),
        ["main.sortNumbers", below @ ..] => {
            let package = |name: &str| name.split('.').next().is_some_and(|p| ["sort", "slices", "cmp"].contains(&p));
            // Of these the compiler inlines some, which not every tool shows.
            let entry =
                |name: &str| name.starts_with("sort.") || ["slices.Sort", "slices.pdqsortOrdered"].contains(&name);
            below.iter().all(|name| package(name)) && below.first().is_some_and(|first| entry(first))
        }
        chain => CHAINS.iter().any(|full| full.starts_with(chain)),
    };
    if fits && interruption.iter().all(|name| is_runtime(name)) { Verdict::Documented } else { Verdict::Wrong }
}

fn is_interruption(name: &str) -> bool {
    // Up to Go 1.20, `sort.Ints` makes an interface of its slice, which allocates.
    let interruptions = ["runtime.asyncPreempt", "runtime.morestack", "runtime.convTslice"];
    interruptions.iter().any(|interruption| name.starts_with(interruption))
}

/// A worker's chain in a form that both profilers have: without roots, compiler-made wrappers (which the runtime leaves
/// out of its own profiles), recursion, and interruptions. `None` for everything else.
fn worker_chain(stack: &Stack) -> Option<Vec<&str>> {
    let frames = stack.user_frames().filter(|frame| frame.file != "<autogenerated>");
    let below = frames.map(|frame| plain(&frame.name)).skip_while(|&name| name != "main.(*worker).work");
    let mut chain: Vec<&str> = below.take_while(|name| !is_interruption(name)).collect();
    chain.dedup();
    (!chain.is_empty()).then_some(chain)
}

fn worker_chains(stacks: &[Stack]) -> BTreeMap<Vec<&str>, u64> {
    let mut chains = BTreeMap::new();
    for stack in stacks {
        if let Some(chain) = worker_chain(stack) {
            *chains.entry(chain).or_default() += stack.samples;
        }
    }
    chains
}

/// The outcome for a whole profile, in samples.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Samples with a frame of user space.
    pub user: u64,
    /// By verdict of the documents.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Samples whose chains the documents forbid, by chain.
    pub wrong: BTreeMap<String, u64>,
    /// Samples whose chains the program's own profile refutes, by chain.
    pub refuted: BTreeMap<String, u64>,
    /// Samples of worker chains that the program's own profile does not have but might, by chain.
    pub unseen: BTreeMap<String, u64>,
    /// Samples of worker chains.
    pub workers: u64,
    /// The share of worker samples whose chains one must expect the program's own profile to have missed, because it
    /// has few samples: the share of its samples whose chain it saw once (Good and Turing).
    pub expected_unseen: f64,
    /// The share of the program's own worker samples whose chains this profile does not have.
    pub missed: f64,
}

impl Judgement {
    /// The share of user samples with a wrong chain by either judge.
    #[must_use]
    pub fn wrong_share(&self) -> f64 {
        self.share(self.wrong.values().sum::<u64>() + self.refuted.values().sum::<u64>())
    }

    /// The share of user samples that end at a stack switch.
    #[must_use]
    pub fn cut_share(&self) -> f64 {
        self.share(self.verdicts.get(&Verdict::Cut).copied().unwrap_or(0))
    }

    /// The share of worker samples whose chains the program's own profile does not have but might.
    #[must_use]
    pub fn unseen_share(&self) -> f64 {
        self.unseen.values().sum::<u64>() as f64 / self.workers.max(1) as f64
    }

    fn share(&self, samples: u64) -> f64 {
        samples as f64 / self.user.max(1) as f64
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        write!(
            formatter,
            "{} user samples: {} wrong chains, {} cut at a stack switch, {:?}; worker chains not in its own profile {} \
             (expected for so few samples {}), of its own not here {}",
            self.user,
            percent(self.wrong_share()),
            percent(self.cut_share()),
            self.verdicts,
            percent(self.unseen_share()),
            percent(self.expected_unseen),
            percent(self.missed),
        )?;
        for (title, kinds) in [("forbidden", &self.wrong), ("refuted", &self.refuted), ("not in its own", &self.unseen)]
        {
            let mut kinds: Vec<_> = kinds.iter().collect();
            kinds.sort_by_key(|(_, samples)| std::cmp::Reverse(**samples));
            for (kind, samples) in kinds.iter().take(10) {
                write!(formatter, "\n  {title} {samples}: {kind}")?;
            }
        }
        Ok(())
    }
}

/// Judges a profile by the documents and, if given, by the program's own profile of the same run.
#[must_use]
pub fn judge(profile: &[Stack], own: Option<&[Stack]>) -> Judgement {
    let mut judgement = Judgement::default();
    let mut allowed = Vec::new();
    for stack in profile {
        let names = names(stack);
        if names.is_empty() {
            continue;
        }
        judgement.user += stack.samples;
        let verdict = judge_names(&names);
        *judgement.verdicts.entry(verdict).or_default() += stack.samples;
        if verdict == Verdict::Wrong {
            *judgement.wrong.entry(names.join(";")).or_default() += stack.samples;
        } else {
            allowed.push(stack.clone());
        }
    }
    if let Some(own) = own {
        judge_by_own(&mut judgement, &allowed, own);
    }
    judgement
}

fn judge_by_own(judgement: &mut Judgement, profile: &[Stack], own: &[Stack]) {
    // Up to some release, the runtime has no name for the last instruction of the program's last function.
    let named = |stack: &&Stack| stack.user_frames().all(NamedFrame::is_named);
    let own: Vec<Stack> = own.iter().filter(named).cloned().collect();
    let (here, there) = (worker_chains(profile), worker_chains(&own));
    let mut leaves: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (chain, samples) in &here {
        leaves.entry(chain[chain.len() - 1]).or_default().0 += samples;
    }
    for (chain, samples) in &there {
        leaves.entry(chain[chain.len() - 1]).or_default().1 += samples;
    }
    for (chain, &samples) in &here {
        judgement.workers += samples;
        if there.contains_key(chain) {
            continue;
        }
        let (leaf_here, leaf_there) = leaves[chain[chain.len() - 1]];
        let expected = samples as f64 / leaf_here as f64 * leaf_there as f64;
        let kinds = if expected >= EXPECTED { &mut judgement.refuted } else { &mut judgement.unseen };
        kinds.insert(chain.join(";"), samples);
    }
    let whole = there.values().sum::<u64>().max(1) as f64;
    judgement.expected_unseen = there.values().filter(|&&samples| samples == 1).count() as f64 / whole;
    let missed = there.iter().filter(|(chain, _)| !here.contains_key(*chain)).map(|(_, samples)| samples);
    judgement.missed = missed.sum::<u64>() as f64 / whole;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_chains() {
        let check = |chain: &str, expect: Verdict| {
            let names: Vec<&str> = chain.split(';').map(plain).collect();
            assert_eq!(judge_names(&names), expect, "{chain}");
        };
        let work = "runtime.goexit.abi0;main.run.gowrap1;main.(*worker).run;main.(*worker).work";
        for (below, expect) in [
            ("main.copyLoop;runtime.memmove", Verdict::Documented),
            ("runtime.memmove", Verdict::Wrong),
            ("main.hash", Verdict::Documented),
            ("main.callLoop;main.leaf", Verdict::Wrong),
            ("main.callLoop;main.framed;runtime.asyncPreempt;runtime.asyncPreempt2", Verdict::Documented),
            ("main.writeMap;internal/runtime/maps.memHash64AES", Verdict::Wrong),
            ("main.writeMap;runtime.mapassign_fast64;internal/runtime/maps.memHash64AES", Verdict::Documented),
            ("main.writeMap;runtime.mapassign_fast64;main.hash", Verdict::Wrong),
            ("main.sortNumbers;slices.Sort[go.shape.[]int,go.shape.int];slices.pdqsortOrdered", Verdict::Documented),
            ("main.sortNumbers;slices.insertionSortOrdered", Verdict::Wrong),
            ("runtime.sigreturn__sigaction", Verdict::Wrong),
        ] {
            check(&format!("{work};{below}"), expect);
        }
        check("runtime.goexit;main.run.func2;main.(*worker).run", Verdict::Documented);
        check("runtime.goexit;main.(*worker).run;main.hash", Verdict::Wrong);
        check("main.hash", Verdict::Wrong);
        check("runtime.memmove", Verdict::Wrong);
        check("runtime.goexit;runtime.memmove", Verdict::Wrong);
        check("runtime.goexit;runtime.main;main.main;main.run;main.newWorker;main.writeMap", Verdict::Runtime);
        check("runtime.mstart;runtime.mstart0;runtime.sysmon", Verdict::Runtime);
        check("runtime.morestack;runtime.newstack;runtime.gopreempt_m", Verdict::Cut);
    }
}
