//! Functions that Go's runtime treats specially, under numbers that changed between releases.

/// What the runtime knows a function as (`abi.FuncID`), under one name for all Go releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant but the last four is named after the runtime function it stands for")]
pub enum FunctionKind {
    Abort,
    AsmCgoCall,
    AsyncPreempt,
    CgoCallback,
    CoroStart,
    DebugCall,
    GcBgMarkWorker,
    GoExit,
    Gogo,
    GoPanic,
    HandleAsyncEvent,
    MCall,
    MoreStack,
    MStart,
    PanicWrap,
    Rt0Go,
    RuntimeMain,
    RunFinalizers,
    RunCleanups,
    SigPanic,
    SystemStack,
    SystemStackSwitch,
    /// Code the compiler made up (method wrappers, hash and equality functions). Go hides it in stack traces unless it
    /// called a panic function, see [`FunctionKind::hides_wrapper`].
    Wrapper,
    /// Anything else, which is nearly everything.
    Normal,
    /// A number this crate has no name for (a Go release newer than 1.27).
    Unknown(u8),
}

impl FunctionKind {
    /// Whether Go leaves a wrapper that called a function of this kind out of stack traces (`elideWrapperCalling`).
    pub fn hides_wrapper(self) -> bool {
        !matches!(self, Self::GoPanic | Self::SigPanic | Self::PanicWrap)
    }
}

use FunctionKind as Kind;

/// Go 1.18 to 1.21.
const KINDS_118: &[Kind] = &[
    Kind::Normal,
    Kind::Abort,
    Kind::AsmCgoCall,
    Kind::AsyncPreempt,
    Kind::CgoCallback,
    Kind::DebugCall,
    Kind::GcBgMarkWorker,
    Kind::GoExit,
    Kind::Gogo,
    Kind::GoPanic,
    Kind::HandleAsyncEvent,
    Kind::MCall,
    Kind::MoreStack,
    Kind::MStart,
    Kind::PanicWrap,
    Kind::Rt0Go,
    Kind::RunFinalizers,
    Kind::RuntimeMain,
    Kind::SigPanic,
    Kind::SystemStack,
    Kind::SystemStackSwitch,
    Kind::Wrapper,
];

/// Go 1.22 to 1.24: `corostart` came in.
const KINDS_122: &[Kind] = &[
    Kind::Normal,
    Kind::Abort,
    Kind::AsmCgoCall,
    Kind::AsyncPreempt,
    Kind::CgoCallback,
    Kind::CoroStart,
    Kind::DebugCall,
    Kind::GcBgMarkWorker,
    Kind::GoExit,
    Kind::Gogo,
    Kind::GoPanic,
    Kind::HandleAsyncEvent,
    Kind::MCall,
    Kind::MoreStack,
    Kind::MStart,
    Kind::PanicWrap,
    Kind::Rt0Go,
    Kind::RunFinalizers,
    Kind::RuntimeMain,
    Kind::SigPanic,
    Kind::SystemStack,
    Kind::SystemStackSwitch,
    Kind::Wrapper,
];

/// Go 1.25 to 1.27: `runfinq` became `runFinalizers` behind `main`, `runCleanups` came in.
const KINDS_125: &[Kind] = &[
    Kind::Normal,
    Kind::Abort,
    Kind::AsmCgoCall,
    Kind::AsyncPreempt,
    Kind::CgoCallback,
    Kind::CoroStart,
    Kind::DebugCall,
    Kind::GcBgMarkWorker,
    Kind::GoExit,
    Kind::Gogo,
    Kind::GoPanic,
    Kind::HandleAsyncEvent,
    Kind::MCall,
    Kind::MoreStack,
    Kind::MStart,
    Kind::PanicWrap,
    Kind::Rt0Go,
    Kind::RuntimeMain,
    Kind::RunFinalizers,
    Kind::RunCleanups,
    Kind::SigPanic,
    Kind::SystemStack,
    Kind::SystemStackSwitch,
    Kind::Wrapper,
];

/// The numbering that a binary uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KindNumbering {
    Go118,
    Go122,
    Go125,
}

impl KindNumbering {
    /// The numbering of Go 1.`minor`.
    pub(crate) fn of_release(minor: u16) -> Self {
        match minor {
            ..22 => Self::Go118,
            22..25 => Self::Go122,
            25.. => Self::Go125,
        }
    }

    /// The numbering that gives these two functions these numbers, for binaries without a version.
    pub(crate) fn of_numbers(goexit: u8, systemstack: u8) -> Self {
        match (goexit, systemstack) {
            (..8, _) => Self::Go118,
            (8.., ..21) => Self::Go122,
            (8.., 21..) => Self::Go125,
        }
    }

    pub(crate) fn kind(self, number: u8) -> FunctionKind {
        let kinds = match self {
            Self::Go118 => KINDS_118,
            Self::Go122 => KINDS_122,
            Self::Go125 => KINDS_125,
        };
        kinds.get(usize::from(number)).copied().unwrap_or(Kind::Unknown(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numberings_differ_by_release() {
        for (minor, goexit, systemstack, wrapper) in
            [(18, 7, 19, 21), (21, 7, 19, 21), (22, 8, 20, 22), (24, 8, 20, 22), (25, 8, 21, 23), (27, 8, 21, 23)]
        {
            let numbering = KindNumbering::of_release(minor);
            assert_eq!(numbering.kind(goexit), Kind::GoExit, "Go 1.{minor}");
            assert_eq!(numbering.kind(systemstack), Kind::SystemStack, "Go 1.{minor}");
            assert_eq!(numbering.kind(wrapper), Kind::Wrapper, "Go 1.{minor}");
            assert_eq!(numbering.kind(wrapper + 1), Kind::Unknown(wrapper + 1), "Go 1.{minor}");
            assert_eq!(KindNumbering::of_numbers(goexit, systemstack), numbering, "Go 1.{minor}");
        }
    }
}
