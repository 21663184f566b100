//! Ctrl-C and its like: the first ends what is being recorded, the second ends the program.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::TERM_SIGNALS;
use signal_hook::flag;

/// A flag that the first of SIGINT, SIGTERM or SIGQUIT sets; the second ends the process at once.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for &signal in TERM_SIGNALS {
        // In this order: what the first signal sets is what makes the second one final. Where signals
        // cannot be caught, Ctrl-C keeps its usual meaning.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop));
        let _ = flag::register(signal, Arc::clone(&stop));
    }
    stop
}
