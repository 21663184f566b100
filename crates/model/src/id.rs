//! Typed indices into the tables of a profile. An id is only valid in the profile that made it.

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $zero:ident, $zero_doc:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            #[doc = $zero_doc]
            pub const $zero: Self = Self(0);

            /// Wraps a position in the table.
            #[must_use]
            pub const fn from_index(index: usize) -> Self {
                Self(index as u32)
            }

            /// Position in the table.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// Position in the table as stored.
            #[must_use]
            pub const fn as_u32(self) -> u32 {
                self.0
            }
        }
    };
}

id!(
    /// A string of the profile.
    StringId, EMPTY, "The empty string, present in every profile."
);
id!(
    /// A function: name, system name, file and start line.
    FunctionId, UNKNOWN, "The function without a name, present in every profile."
);
id!(
    /// A frame: a function at a line and address.
    FrameId, UNKNOWN, "The frame of which nothing is known, present in every profile."
);
id!(
    /// A stack: a node of the stack tree, naming its leaf and through its parents every caller.
    StackId, ROOT, "The empty stack, root of the tree."
);
id!(
    /// A set of labels.
    LabelSetId, EMPTY, "The set without labels."
);
id!(
    /// A mapping of a binary into memory.
    MappingId, NONE, "No mapping known."
);
id!(
    /// A thread of a process.
    ThreadId, NONE, "No thread known."
);
