//! Position-independent and C-linked programs.

use std::path::Path;

use firesteel_testkit::{GoProgram, LinkMode, Toolchain, read_stacks, recording_turn};

use crate::{SCRATCH, folded, folder, record, run, share};

/// Records a program and returns its folded stacks and the share of user samples with every frame named.
fn recorded(program: &Path) -> (Vec<(String, u64)>, f64) {
    let folder = folder();
    let (stacks, profile) = (folder.path().join("x.folded"), folder.path().join("x.pb.gz"));
    let turn = recording_turn();
    let _ = run(record(&[&stacks, &profile]).arg("--").arg(program).args(["-duration", "1s"])).succeeded();
    drop(turn);
    let (mut user, mut named) = (0, 0);
    for stack in read_stacks(&profile) {
        if stack.user_frames().next().is_some() {
            user += stack.samples;
            named += if stack.user_frames().all(firesteel_testkit::NamedFrame::is_named) { stack.samples } else { 0 };
        }
    }
    assert!(user > 50, "{user} user samples");
    (folded(&stacks), named as f64 / user as f64)
}

#[test]
fn position_independent() {
    for toolchain in [Toolchain::newest(), Toolchain::older()] {
        let (stacks, named) = recorded(&GoProgram::SPIN.build_stripped(&toolchain, LinkMode::Pie, SCRATCH));
        let what = format!("{}: {stacks:?}", toolchain.version());
        assert!(named > 0.99, "{named} named: {what}");
        for function in ["main.outer", "main.apply", "main.dog.speak", "main.(*bird).speak"] {
            assert!(share(&stacks, function, "main.spin") > 0.01, "{function}: {what}");
        }
        assert!(share(&stacks, "main.second", "main.inlined") > 0.05, "{what}");
        assert!(share(&stacks, "main.spin", "main.run") > 0.99, "{what}");
    }
}

#[test]
fn with_c_code() {
    let toolchain = Toolchain::newest();
    for mode in [LinkMode::Cgo, LinkMode::CgoPie] {
        let (stacks, named) = recorded(&GoProgram::NATIVE.build(&toolchain, mode, SCRATCH));
        assert!(named > 0.99, "{mode:?}: {named} named: {stacks:?}");
        for function in ["main.inC", "main.inGo", "native_spin"] {
            assert!(share(&stacks, function, "main.alternate") > 0.2, "{mode:?}: {function}: {stacks:?}");
        }
        assert!(share(&stacks, "main.scramble", "main.inGo") > 0.8, "{mode:?}: {stacks:?}");
        // From C back to the Go function that called it.
        assert!(share(&stacks, "main.inC", "native_spin") > 0.99, "{mode:?}: {stacks:?}");

        // What is stripped loses the C names only.
        let (stacks, _) = recorded(&GoProgram::NATIVE.build_stripped(&toolchain, mode, SCRATCH));
        assert!(share(&stacks, "main.scramble", "main.inGo") > 0.8, "stripped {mode:?}: {stacks:?}");
        assert!(share(&stacks, "main.inC", "main.alternate") > 0.2, "stripped {mode:?}: {stacks:?}");
    }
}
