//! Names come from binaries that anybody may have built: no text may upset the rules.

use firesteel_model::{FrameKind, Profile, Sample, StackId, ValueType};
use firesteel_normalize::{Categorizer, GoName, Rule, clean, package_of, shorten_type_arguments};
use proptest::prelude::*;

/// Texts made of the pieces that Go names are made of, in any order, and of anything else.
fn names() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("main".to_owned()),
        Just("runtime.goexit".to_owned()),
        Just("a.b/c%2ev2".to_owned()),
        Just("(*T)".to_owned()),
        Just("func1".to_owned()),
        Just("-fm".to_owned()),
        Just("go.shape.struct { A \"x:\\\"]\\\"\" }".to_owned()),
        Just("type:.eq.".to_owned()),
        Just("_[k]".to_owned()),
        "[\\[\\](){}.;:%/\" é]",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_name_is_taken(name in names()) {
        if let Some(parsed) = GoName::parse(&name) {
            prop_assert!(!parsed.package().is_empty());
            prop_assert!(name.ends_with(parsed.short()));
            let _ = parsed.is_wrapper();
        }
        let _ = package_of(&name);
        let short = shorten_type_arguments(&name).into_owned();
        prop_assert_eq!(shorten_type_arguments(&short), short.as_str());
        for kind in [FrameKind::Go, FrameKind::Unknown, FrameKind::Native, FrameKind::Kernel, FrameKind::Jit] {
            let _ = Categorizer::new("a.b/c").category(&name, kind);
        }
    }

    #[test]
    fn cleaning_keeps_sums_and_settles(
        stacks in proptest::collection::vec((proptest::collection::vec(names(), 0..5), 0i64..100), 0..20),
    ) {
        let mut profile = Profile::new(vec![ValueType::samples()]);
        for (frames, value) in &stacks {
            let mut stack = StackId::ROOT;
            for name in frames {
                let frame = profile.intern_named_frame(name, FrameKind::Go);
                stack = profile.push_stack(stack, frame);
            }
            profile.add_sample(Sample::new(stack, &[*value]));
        }
        let (once, _) = clean(&profile, &Rule::ALL);
        let (twice, _) = clean(&once, &Rule::ALL);
        prop_assert_eq!(once.totals(), profile.totals());
        prop_assert_eq!(once.sample_count(), profile.sample_count());
        let stacks = |profile: &Profile| -> Vec<Vec<String>> {
            let names = |stack| profile.stacks().frames(stack).map(|frame| profile.frame_name(frame).to_owned()).collect();
            profile.samples().map(|sample| names(sample.stack)).collect()
        };
        prop_assert_eq!(stacks(&once), stacks(&twice));
    }
}
