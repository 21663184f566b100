//! Interning and columns: one id for one value, and what was stored comes back.

use std::collections::BTreeSet;

use firesteel_model::{
    Address, FrameKind, Function, Mapping, MappingId, Profile, Sample, StackId, StringTable, ValueType,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::described::{intern_labels, labels, profiles};
use crate::written_out::WrittenOut;

proptest! {
    #[test]
    fn strings_come_back_and_are_kept_once(texts in vec(".{0,3}", 0..40)) {
        let mut table = StringTable::default();
        let ids: Vec<_> = texts.iter().map(|text| table.intern(text)).collect();
        for (text, &id) in texts.iter().zip(&ids) {
            prop_assert_eq!(table.get(id), text);
            prop_assert_eq!(table.intern(text), id);
            prop_assert_eq!(table.find(text), Some(id));
        }
        let distinct: BTreeSet<&str> = texts.iter().map(String::as_str).chain([""]).collect();
        prop_assert_eq!(table.len(), distinct.len());
        prop_assert_eq!(table.iter().collect::<BTreeSet<_>>(), distinct);
    }

    #[test]
    fn label_sets_do_not_depend_on_order((given, shuffled) in labels().prop_flat_map(|labels| {
        (Just(labels.clone()), Just(labels).prop_shuffle())
    })) {
        let mut profile = Profile::default();
        // Strings get their ids from the shuffled order, so that sorting by id would be seen.
        let shuffled = intern_labels(&mut profile, &shuffled);
        let id = intern_labels(&mut profile, &given);
        prop_assert_eq!(id, shuffled);
        let set = profile.labels(id);
        prop_assert_eq!(set.len(), given.len());
        prop_assert!(set.is_sorted_by_key(|label| profile.string(label.key)));
    }

    #[test]
    fn samples_come_back_as_they_were_added(described in profiles()) {
        let profile = described.build();
        prop_assert_eq!(profile.sample_count(), described.samples.len());
        prop_assert_eq!(profile.has_times(), described.samples.iter().any(|sample| sample.time.is_some()));
        for (sample, expected) in profile.samples().zip(&described.samples) {
            prop_assert_eq!(sample.values, expected.values.as_slice());
            prop_assert_eq!(sample.time.map(|time| time.0), expected.time);
            prop_assert_eq!(profile.labels(sample.labels).len(), expected.labels.len());
            let thread = profile.thread(sample.thread);
            let named = expected.thread.as_ref();
            prop_assert_eq!(thread.process.map(|process| process.0), named.map(|thread| thread.0));
            prop_assert_eq!(thread.thread.map(|thread| thread.0), named.map(|thread| thread.1));
            let mut frames: Vec<_> = profile.stacks().frames(sample.stack).collect();
            frames.reverse();
            prop_assert_eq!(frames.len(), expected.frames.len());
            for (frame, expected) in frames.into_iter().map(|id| profile.frame(id)).zip(&expected.frames) {
                prop_assert_eq!(profile.string(profile.function(frame.function).name), expected.name);
                prop_assert_eq!((frame.line.0, frame.address.0), (expected.line, expected.address));
                prop_assert_eq!((frame.kind, frame.flags.inlined), (expected.kind, expected.inlined));
                prop_assert_eq!(profile.string(profile.mapping(frame.mapping).file), expected.mapping.unwrap_or(""));
            }
        }
    }

    #[test]
    fn more_decimals_keep_what_values_stand_for(described in profiles(), column in 0usize..4, decimals in 0u8..6) {
        let before = described.build();
        let mut after = before.clone();
        after.set_decimals(column, decimals);
        for (index, (old, new)) in before.sample_types().iter().zip(after.sample_types()).enumerate() {
            let expected = if index == column { old.decimals.max(decimals) } else { old.decimals };
            prop_assert_eq!(new.decimals, expected);
            let factor = 10i64.pow(u32::from(new.decimals - old.decimals));
            for (old, new) in before.samples().zip(after.samples()) {
                prop_assert_eq!(new.values[index], old.values[index] * factor);
            }
        }
        after.set_decimals(column, 0);
        prop_assert_eq!(after.totals().len(), before.totals().len());
        let again = WrittenOut::of(&after);
        after.set_decimals(column, decimals);
        prop_assert_eq!(WrittenOut::of(&after), again, "fewer digits are never given");
    }
}

#[test]
fn a_short_row_of_values_is_filled_with_zeros() {
    let mut profile = Profile::new(vec![ValueType::samples(), ValueType::cpu()]);
    profile.add_sample(Sample::new(StackId::ROOT, &[1]));
    profile.add_sample(Sample::new(StackId::ROOT, &[2, 3, 4]));
    assert_eq!(profile.samples().map(|sample| sample.values.to_vec()).collect::<Vec<_>>(), [[1, 0], [2, 3]]);
}

#[test]
fn values_with_decimals_stand_for_fractions() {
    let column = ValueType { decimals: 2, ..ValueType::samples() };
    assert_eq!(format!("{} {}", column.to_f64(1234), column.to_f64(-5)), "12.34 -0.05");
    assert_eq!(format!("{}", ValueType::samples().to_f64(1234)), "1234");
}

#[test]
fn nothing_known_is_there_from_the_start() {
    let profile = Profile::default();
    assert_eq!(profile.function(firesteel_model::FunctionId::UNKNOWN), &Function::default());
    assert_eq!(profile.frame_name(firesteel_model::FrameId::UNKNOWN), "[unknown]");
    assert_eq!(profile.mapping(MappingId::NONE), &Mapping::default());
    assert!(profile.labels(firesteel_model::LabelSetId::EMPTY).is_empty());
    assert!(profile.stacks().is_empty());
    assert_eq!(profile.totals(), [0i64; 0]);
}

#[test]
fn an_address_without_symbol_is_named_after_its_file() {
    let check = |file: &str, expected: &str| {
        let mut profile = Profile::default();
        let file = profile.intern(file);
        let mapping = profile.intern_mapping(Mapping { file, ..Mapping::default() });
        let frame = profile.intern_unnamed_frame(mapping, Address(0x1000), FrameKind::Native);
        assert_eq!(profile.frame_name(frame), expected);
        assert!(profile.frame(frame).flags.unnamed);
    };
    check("/usr/lib/libc.so.6", "[libc.so.6]");
    check("app", "[app]");
    check("[vdso]", "[vdso]");
    check("", "[unknown]");
}
