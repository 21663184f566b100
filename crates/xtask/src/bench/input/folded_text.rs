//! Folded stacks, each once.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use super::Input;
use super::program::{Call, Origin, Program, Shape};
use super::random::Random;

/// Folded stacks, each once.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct FoldedText {
    /// How many stacks.
    pub(in super::super) stacks: usize,
}

impl Input for FoldedText {
    fn name(&self) -> String {
        format!("folded-{}.txt", self.stacks)
    }

    fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        let program = Program::new();
        let mut random = Random::new(0xf1a3e);
        let shape = Shape { callees: 6, chains: true, places: 1 };
        let mut stack: Vec<Call> = Vec::new();
        // Hashes instead of stacks keep this small.
        let mut written: HashSet<u64> = HashSet::new();
        while written.len() < self.stacks {
            let (thread, origin) = [("shop", Origin::Go), ("postgres", Origin::Native)][random.below(4) / 3];
            program.walk(origin, shape, &mut random, &mut stack);
            let mut hasher = DefaultHasher::new();
            for call in &stack {
                call.function.hash(&mut hasher);
            }
            if !written.insert(hasher.finish()) {
                continue;
            }
            output.write_all(thread.as_bytes())?;
            for &call in &stack {
                let name = &program.function(call).name;
                // Arguments of C++ are left out, as the stackcollapse tools do; the receiver of a Go method stays.
                let name =
                    name.split_once('(').filter(|(name, _)| !name.ends_with('.')).map_or(&**name, |(name, _)| name);
                write!(output, ";{name}")?;
            }
            writeln!(output, " {}", 1 + random.below(1000) * random.below(1000) / 100)?;
        }
        Ok(())
    }
}
