//! Made-up programs: functions with names and addresses like those of Go, C, C++ and the kernel, and who calls whom.

use super::random::{Random, mix};

/// Whose code a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Go,
    Native,
    Kernel,
}

/// A function.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) start: u64,
    /// Bytes of code.
    pub(super) size: usize,
    /// The file it is mapped from, as perf shows it.
    pub(super) object: &'static str,
}

/// A frame: a function, and how far into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) function: usize,
    pub(super) offset: usize,
}

/// How stacks differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// How many functions each function calls, at most.
    pub(super) callees: usize,
    /// Whether most functions call one or two others, and one of them more often than the rest. Without that, stacks
    /// part right behind the root; with it they share four frames of five, as those of real programs do.
    pub(super) chains: bool,
    /// From how many places each function calls others; from anywhere when 0. A leaf may be anywhere.
    pub(super) places: usize,
}

const GO_FUNCTIONS: usize = 4000;
const NATIVE_FUNCTIONS: usize = 1600;
const KERNEL_FUNCTIONS: usize = 1400;

/// All functions, and who calls whom.
#[derive(Debug)]
pub(super) struct Program {
    functions: Vec<Function>,
}

impl Program {
    pub(super) fn new() -> Self {
        let mut random = Random::new(0x5eed);
        let mut functions = Vec::with_capacity(GO_FUNCTIONS + NATIVE_FUNCTIONS + KERNEL_FUNCTIONS);
        for (origin, count, mut start) in [
            (Origin::Go, GO_FUNCTIONS, 0x40_1000),
            (Origin::Native, NATIVE_FUNCTIONS, 0x7f3a_1c02_8000),
            (Origin::Kernel, KERNEL_FUNCTIONS, 0xffff_ffff_8100_0000),
        ] {
            for index in 0..count {
                let size = 32 << random.below(8);
                let name = match origin {
                    Origin::Go => go_name(index, &mut random),
                    Origin::Native => native_name(index, &mut random),
                    Origin::Kernel => kernel_name(index, &mut random),
                };
                functions.push(Function { name, start, size, object: object(origin, index) });
                start += size as u64;
            }
        }
        Self { functions }
    }

    pub(super) fn function(&self, call: Call) -> &Function {
        &self.functions[call.function]
    }

    /// How many functions of Go there are; they come first.
    pub(super) fn go_functions(&self) -> &[Function] {
        &self.functions[..GO_FUNCTIONS]
    }

    /// Puts a stack, root first, into `stack`.
    pub(super) fn walk(&self, origin: Origin, shape: Shape, random: &mut Random, stack: &mut Vec<Call>) {
        stack.clear();
        match origin {
            Origin::Go => {
                self.descend(Origin::Go, random.between(6, 34), shape, random, stack);
            }
            Origin::Native => self.descend(Origin::Native, random.between(5, 34), shape, random, stack),
            Origin::Kernel => {}
        }
        if origin == Origin::Kernel || random.percent(35) {
            self.descend(Origin::Kernel, random.between(4, 20), shape, random, stack);
        }
    }

    /// Adds `depth` frames, each called by the one before.
    fn descend(&self, origin: Origin, depth: usize, shape: Shape, random: &mut Random, stack: &mut Vec<Call>) {
        let (first, count) = match origin {
            Origin::Go => (0, GO_FUNCTIONS),
            Origin::Native => (GO_FUNCTIONS, NATIVE_FUNCTIONS),
            Origin::Kernel => (GO_FUNCTIONS + NATIVE_FUNCTIONS, KERNEL_FUNCTIONS),
        };
        let mut function = first;
        for left in (0..depth).rev() {
            let size = self.functions[function].size;
            let offset = match shape.places {
                0 => random.below(size),
                _ if left == 0 => random.below(size),
                places => mix(random.below(places) as u64 ^ (function as u64) << 20) as usize % size,
            };
            stack.push(Call { function, offset });
            let callees = match mix(!function as u64) % 10 {
                0..5 if shape.chains => 1,
                5..9 if shape.chains => 2,
                _ => shape.callees,
            };
            let choice = if shape.chains && random.percent(65) { 0 } else { random.below(callees) as u64 };
            function = first + mix(function as u64 ^ choice << 32) as usize % count;
        }
    }
}

fn object(origin: Origin, index: usize) -> &'static str {
    match origin {
        Origin::Go => "/srv/shop/bin/shop",
        Origin::Native if index.is_multiple_of(4) => "/usr/lib/x86_64-linux-gnu/libc.so.6",
        Origin::Native => "/usr/lib/postgresql/16/bin/postgres",
        Origin::Kernel if index.is_multiple_of(16) => "[nf_tables]",
        Origin::Kernel => "[kernel.kallsyms]",
    }
}

fn pick<'a>(words: &[&'a str], random: &mut Random) -> &'a str {
    words[random.below(words.len())]
}

/// `encoding/json.(*Decoder).readValue`, `shop/internal/cart.Sum[go.shape.int64]`, `main.handle.func2`, …
fn go_name(index: usize, random: &mut Random) -> String {
    if index == 0 {
        return "runtime.goexit".to_owned();
    }
    let package = pick(&GO_PACKAGES, random);
    let method = format!("{}{}", pick(&VERBS, random), pick(&NOUNS, random));
    match random.below(10) {
        0..5 => format!("{package}.(*{}).{method}", pick(&NOUNS, random)),
        5 => format!("{package}.{}.{method}", pick(&NOUNS, random)),
        6 => format!("{package}.{method}[go.shape.int64]"),
        7 => format!("{package}.{method}.func{}", 1 + random.below(4)),
        _ => format!("{package}.{method}"),
    }
}

/// `exec_scan_tuple`, sometimes `store::Cache<int>::FindBlock(store::Slice const&, unsigned long)`.
fn native_name(index: usize, random: &mut Random) -> String {
    let verb = pick(&VERBS, random);
    let noun = pick(&NOUNS, random);
    match (index, random.below(8)) {
        (0, _) => "__libc_start_main".to_owned(),
        (_, 0) => format!("store::{noun}<int>::{verb}{}(store::Slice const&, unsigned long)", pick(&NOUNS, random)),
        (_, part) => {
            let prefix = ["exec", "heap", "index", "buffer", "lock", "plan", "net", "str"][part];
            format!("{prefix}_{}_{}_{}", verb.to_lowercase(), noun.to_lowercase(), pick(&NOUNS, random).to_lowercase())
        }
    }
}

/// `tcp_send_queue`, …
fn kernel_name(index: usize, random: &mut Random) -> String {
    if index == 0 {
        return "entry_SYSCALL_64_after_hwframe".to_owned();
    }
    let verb = pick(&VERBS, random).to_lowercase();
    let noun = pick(&NOUNS, random).to_lowercase();
    let mark = ["", "", "", "__", "do_", "__x64_sys_"][random.below(6)];
    format!("{mark}{}_{verb}_{noun}", pick(&SUBSYSTEMS, random))
}

const GO_PACKAGES: [&str; 24] = [
    "main",
    "runtime",
    "net/http",
    "encoding/json",
    "compress/flate",
    "compress/gzip",
    "regexp",
    "regexp/syntax",
    "sort",
    "strings",
    "bytes",
    "bufio",
    "sync",
    "reflect",
    "crypto/tls",
    "internal/poll",
    "net",
    "fmt",
    "time",
    "strconv",
    "example.com/shop/internal/catalogue",
    "example.com/shop/internal/order",
    "example.com/shop/internal/cache",
    "github.com/acme/toolkit/v2/pipeline",
];

const VERBS: [&str; 28] = [
    "Read", "Write", "Find", "Get", "Set", "Scan", "Parse", "Encode", "Decode", "Flush", "Fill", "Grow", "Copy",
    "Match", "Sort", "Merge", "Split", "Lock", "Unlock", "Send", "Receive", "Open", "Close", "Visit", "Alloc", "Free",
    "Hash", "Check",
];

const NOUNS: [&str; 32] = [
    "Value", "Buffer", "Block", "Page", "Tuple", "Index", "Header", "Request", "Response", "Conn", "Queue", "Stack",
    "Map", "Bucket", "Entry", "Key", "Node", "Tree", "Token", "String", "Bytes", "State", "Machine", "Slice", "Cache",
    "Store", "Order", "Item", "Route", "Stream", "Window", "Table",
];

const SUBSYSTEMS: [&str; 20] = [
    "tcp",
    "ip",
    "skb",
    "sock",
    "ext4",
    "vfs",
    "mm",
    "page",
    "sched",
    "futex",
    "epoll",
    "pipe",
    "timer",
    "rcu",
    "slab",
    "dentry",
    "inode",
    "bio",
    "irq",
    "clockevents",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_are_the_same_every_time_and_begin_at_the_root() {
        let program = Program::new();
        let shape = Shape { callees: 4, chains: true, places: 8 };
        let stacks = |seed| {
            let mut random = Random::new(seed);
            let mut stack = Vec::new();
            (0..50)
                .map(|_| {
                    program.walk(Origin::Go, shape, &mut random, &mut stack);
                    stack.clone()
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(stacks(1), stacks(1));
        assert_ne!(stacks(1), stacks(2));
        for stack in stacks(1) {
            assert_eq!(program.function(stack[0]).name, "runtime.goexit");
            assert!(stack.iter().all(|&call| call.offset < program.function(call).size));
        }
    }
}
