//! `firesteel URL`: profiles of a real service with `net/http/pprof`.

use std::fs;
use std::path::Path;
use std::process::Command;

use firesteel_testkit::{GoProgram, LinkMode, Running, Toolchain, read_stacks};

use crate::{PATIENCE, SCRATCH, firesteel, folder, run};

/// The service, and where it listens as `host:port`.
fn shop() -> (Running, String) {
    let program = GoProgram::SHOP.build_stripped(&Toolchain::newest(), LinkMode::Plain, SCRATCH);
    let mut command = Command::new(program);
    command.args(["-addr", "127.0.0.1:0", "-load", "2", "-rate", "200", "-mutex-fraction", "1", "-block-rate", "1000"]);
    let mut running = Running::start(&mut command);
    let line = running.wait_for_line("listening on http://", PATIENCE);
    let address = line.split_once("http://").unwrap().1.trim().to_owned();
    (running, address)
}

fn functions(profile: &Path) -> Vec<String> {
    read_stacks(profile).into_iter().flat_map(|stack| stack.frames).map(|frame| frame.name).collect()
}

#[test]
fn every_way_to_name_a_service() {
    let (_shop, address) = shop();
    let folder = folder();
    let output = folder.path().join("x.pb.gz");
    for url in [format!("http://{address}"), address.clone(), format!("http://{address}/debug/pprof/profile")] {
        let mut command = firesteel();
        let finished = run(command.args(["-d", "1s", "--no-open", "-o"]).arg(&output).arg(&url)).succeeded();
        assert!(finished.stderr.contains("Heaviest by self"), "{url}: {}", finished.stderr);
        let functions = functions(&output);
        assert!(functions.iter().any(|name| name.starts_with("net/http.")), "{url}: {functions:?}");
        fs::remove_file(&output).unwrap();
    }
    let mut command = firesteel();
    command.args(["fetch", "--type", "goroutine", "--no-open", "-o"]).arg(&output).arg(&address);
    let _ = run(&mut command).succeeded();
    let functions = functions(&output);
    assert!(functions.iter().any(|name| name == "main.main"), "{functions:?}");
    // A path decides by itself.
    let mut command = firesteel();
    command.args(["--no-open", "-o"]).arg(&output).arg(format!("http://{address}/debug/pprof/heap"));
    let finished = run(&mut command).succeeded();
    assert!(finished.stderr.contains("heap"), "{}", finished.stderr);
}

#[test]
fn all_kinds_at_once() {
    let (_shop, address) = shop();
    let folder = folder();
    let (html, pprof) = (folder.path().join("x.html"), folder.path().join("x.pb.gz"));
    let mut command = firesteel();
    command.args(["--type", "all", "-d", "1s", "--no-open", "-o"]).arg(&html).arg("-o").arg(&pprof).arg(&address);
    let finished = run(&mut command).succeeded();
    for kind in ["cpu", "heap", "allocs", "goroutine", "block", "mutex", "threadcreate"] {
        assert!(finished.stderr.contains(&format!("fetched {kind} ")), "{kind}: {}", finished.stderr);
        let file = folder.path().join(format!("x-{kind}.pb.gz"));
        assert!(file.exists(), "{kind}: {}", finished.stderr);
    }
    assert!(fs::metadata(&html).unwrap().len() > 10_000);
    assert!(functions(&folder.path().join("x-heap.pb.gz")).len() > 10);
}

#[test]
fn a_service_that_is_not_there_is_said() {
    let folder = folder();
    let output = folder.path().join("x.svg");
    // Nobody listens on a port that was just free.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let finished = run(firesteel().arg("-o").arg(&output).arg(format!("127.0.0.1:{port}")));
    assert_eq!(finished.code(), Some(2), "{}", finished.stderr);
    assert!(finished.stderr.starts_with("error: "), "{}", finished.stderr);
    assert!(finished.stderr.contains("hint: "), "{}", finished.stderr);
    assert!(!output.exists());
}
