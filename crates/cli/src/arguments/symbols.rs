//! How addresses without names get names.

use std::path::PathBuf;

use clap::Args;

/// How addresses without names, such as those of perf.data, get names.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Symbols")]
pub(crate) struct SymbolArguments {
    /// Folder that holds the files of the machine that was profiled, below their full paths; this machine's if not
    /// given.
    #[arg(long, value_name = "DIR")]
    pub(crate) symfs: Option<PathBuf>,
    /// Leave out functions that the compiler put into their callers.
    #[arg(long)]
    pub(crate) no_inline: bool,
    /// Leave addresses that have no names without them.
    #[arg(long)]
    pub(crate) no_symbols: bool,
}
