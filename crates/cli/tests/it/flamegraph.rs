//! `firesteel flamegraph`: every option of `flamegraph.pl` and `inferno-flamegraph` is taken and does what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use firesteel_testkit::Finished;
use firesteel_testkit::flamegraph_rules::Rules;

use crate::{firesteel, folder, run};

const STACKS: &str =
    "main;work;parse 400\nmain;work;read_[k] 250\nmain;idle 300\nmain;work;net/http.(*conn).serve 50\n";
const CHANGED: &str = "main;gone 100 0\nmain;stay;more 50 60\nmain;stay;less 80 20\n";

/// Standard input through a shell, so that the input may be larger than a pipe.
fn piped(folder: &Path, input: &str, arguments: &[&str]) -> Finished {
    fs::write(folder.join("stdin"), input).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "\"$0\" flamegraph \"$@\" <stdin", env!("CARGO_BIN_EXE_firesteel")]);
    run(command.args(arguments).current_dir(folder))
}

fn draw(input: &str, arguments: &[&str]) -> String {
    let finished = piped(folder().path(), input, arguments).succeeded();
    finished.stdout_text()
}

/// The boxes as `name x width fill`, in the order of the file.
fn boxes(picture: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(picture).unwrap();
    let frames = document.descendants().find(|node| node.attribute("id") == Some("frames")).unwrap();
    let groups = frames.children().filter(roxmltree::Node::is_element);
    let told = groups.map(|group| {
        let child = |name: &str| group.children().find(|child| child.tag_name().name() == name).unwrap();
        let name = child("title").text().unwrap().rsplit_once(" (").unwrap().0.to_owned();
        let attribute = |name: &str| child("rect").attribute(name).unwrap().to_owned();
        format!("{name} {} {} {}", attribute("x"), attribute("width"), attribute("fill"))
    });
    told.collect()
}

fn names(picture: &str) -> Vec<String> {
    boxes(picture).iter().map(|line| line.split_once(' ').unwrap().0.to_owned()).collect()
}

/// Each option alone, with what only a picture drawn with it has.
#[test]
fn every_option_has_an_effect() {
    let plain = draw(STACKS, &[]);
    for (arguments, sign) in [
        (&["--title", "a<b>"][..], ">a&lt;b&gt;</text>"),
        (&["--subtitle", "second"], ">second</text>"),
        (&["--width", "900"], "width=\"900\""),
        (&["--width", "fluid"], "<svg version=\"1.1\" width=\"100%\""),
        (&["--height", "20"], "height=\"19.0\""),
        (&["--minwidth", "300"], "2 boxes narrower than 300 px"),
        (&["--minwidth", "30%"], "2 boxes narrower than 30 %"),
        (&["--fonttype", "Arial"], "font-family=\"Arial, sans-serif\""),
        (&["--fontsize", "10"], "font-size=\"10\""),
        (&["--fontwidth", "0.7"], "data-font-width=\"0.7\""),
        (&["--countname", "ms"], "main (1,000 ms, 100.00%)"),
        (&["--nametype", "Method:"], "data-name-type=\"Method:\""),
        (&["--total", "2000"], "main (1,000 samples, 50.00%)"),
        (&["--factor", "0.5"], "main (500 samples, 100.00%)"),
        (&["--encoding", "ISO-8859-1"], "encoding=\"ISO-8859-1\""),
        (&["--bgcolors", "#102030"], "rgb(16,32,48)"),
        (&["--bgcolors=blue"], "rgb(224,224,255)"),
        (&["--notes", "kept <here>"], "<!-- NOTES: kept <here> -->"),
        (&["--reverse"], "<title>main (400 samples, 40.00%)"),
        (&["--inverted"], ">Icicle Graph</text>"),
        (&["-i"], ">Icicle Graph</text>"),
        (&["--flamechart"], ">Flame Chart</text>"),
        (&["--search-color", "#010203"], "fill: rgb(1,2,3)"),
        (&["--stroke-color", "#040506"], "stroke: rgb(4,5,6)"),
        (&["--uicolor", "#070809"], "fill: rgb(7,8,9)"),
        (&["--truncate-text-right"], "data-truncate=\"right\""),
        (&["--pretty-xml"], "\n    <title>main ("),
        (&["--base", "work"], "<title>work (700 samples, 100.00%)"),
        (&["--raw-names"], ""),
        (&["--sample-index", "samples"], ""),
        (&["--quiet"], ""),
    ] {
        let picture = draw(STACKS, arguments);
        assert!(picture.contains(sign), "{arguments:?} without {sign}");
        assert!(sign.is_empty() || !plain.contains(sign), "{sign} is in every picture");
        roxmltree::Document::parse(&picture).unwrap();
    }
}

#[test]
fn colours_follow_the_options() {
    let input = format!("{STACKS}main;work;lib/python3/site.py;std::rt 10\n");
    let colors = |arguments: &[&str]| {
        let boxes = boxes(&draw(&input, arguments));
        boxes.iter().map(|line| line.rsplit_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let mut seen = vec![colors(&[])];
    for name in
        ["mem", "io", "java", "js", "red", "green", "yellow", "purple", "orange", "aqua", "blue", "python", "rust"]
    {
        seen.push(colors(&["--colors", name]));
    }
    for option in ["--hash", "--random", "--deterministic", "--colordiffusion"] {
        assert_eq!(colors(&[option]), colors(&[option]), "{option}: the same every time");
        seen.push(colors(&[option]));
    }
    for (index, one) in seen.iter().enumerate() {
        assert!(!seen[..index].contains(one), "{index} is like another: {one:?}");
    }
    assert_eq!(colors(&["--colors", "wakeup"]), colors(&["-c", "aqua"]));
    assert_eq!(colors(&["--colors", "chain"]), colors(&["-c", "blue"]));
    assert_eq!(colors(&["--colors", "hot"]).len(), 9);
    let chained = boxes(&draw("a;--;b 100\n", &["--colors", "chain"]));
    assert!(chained[3].starts_with("b 10.0 1180.0") && chained[3].ends_with(" rgb(55,169,169)"), "{chained:?}");
}

#[test]
fn colours_are_kept_in_a_file() {
    let folder = folder();
    let path = folder.path().join("palette.map");
    fs::write(&path, "idle->rgb(1,2,3)\nT::operator->->rgb(4,5,6)\n").unwrap();
    let input = format!("{STACKS}main;T::operator-> 100\n");
    for arguments in [&["--cp"][..], &["--cp=palette.map"], &["--palette-file", "palette.map", "--colors", "hot"]] {
        let picture = piped(folder.path(), &input, arguments).succeeded().stdout_text();
        let has = |ending: &str| boxes(&picture).iter().any(|line| line.ends_with(ending));
        assert!(has(" rgb(1,2,3)") && has(" rgb(4,5,6)"), "{picture}");
        let kept = fs::read_to_string(&path).unwrap();
        assert!(kept.contains("\nmain->rgb(") && kept.contains("read_[k]->rgb("), "{kept}");
        assert!(kept.contains("T::operator->->rgb(4,5,6)\n"), "{kept}");
    }
    let _ = piped(folder.path(), STACKS, &["--cp=other.map"]).succeeded();
    assert_eq!(fs::read_to_string(folder.path().join("other.map")).unwrap().lines().count(), 6);
}

#[test]
fn functions_may_have_attributes() {
    let folder = folder();
    let attributes = "idle\thref=https://example.com/?a&b\ttitle=does <nothing>\nwork\tid=work\tclass=busy\n";
    fs::write(folder.path().join("attributes"), attributes).unwrap();
    let picture = piped(folder.path(), STACKS, &["--nameattr", "attributes"]).succeeded().stdout_text();
    for part in [
        "<a xlink:href=\"https://example.com/?a&amp;b\" data-v=\"0 300\" data-n=\"idle\" target=\"_top\">",
        "<title>does &lt;nothing&gt;</title>",
        " id=\"work\" class=\"busy\"><title>work (",
    ] {
        assert!(picture.contains(part), "{part}: {picture}");
    }
    roxmltree::Document::parse(&picture).unwrap();
    fs::write(folder.path().join("attributes"), "idle\tid=a\nno tab\n").unwrap();
    let finished = piped(folder.path(), STACKS, &["--nameattr", "attributes"]);
    assert_eq!(finished.code(), Some(2));
    insta::assert_snapshot!(finished.stderr, @"
    error: line 2 of `attributes` has no tab
    hint: each line is a function, a tab, and attributes as `name=value` with tabs between them
    ");
}

#[test]
fn order_is_by_name_or_as_it_came() {
    assert_eq!(names(&draw(STACKS, &[])), ["all", "main", "idle", "work", "net/http.(*conn).serve", "parse", "read"]);
    let expect = ["all", "main", "work", "parse", "read", "net/http.(*conn).serve", "idle"];
    assert_eq!(names(&draw(STACKS, &["--no-sort"])), expect);
    let chart = boxes(&draw("a;x 10\na;y 20\na;x 70\n", &["--flamechart", "--colors", "hot"]));
    assert_eq!(chart.first().map(|line| line.starts_with("all 10.0 1180.0")), Some(true));
    // Rectangles of a chart run in time.
    let starts: Vec<f64> = chart.iter().map(|line| line.split(' ').nth(1).unwrap().parse().unwrap()).collect();
    assert!(starts.is_sorted(), "{chart:?}");
}

#[test]
fn what_changed_is_drawn_whole() {
    let picture = draw(CHANGED, &[]);
    insta::assert_snapshot!(boxes(&picture).join("\n"), @"
    all 10.0 1180.0 rgb(82,158,236)
    main 10.0 1180.0 rgb(82,158,236)
    gone 10.0 491.7 rgb(110,172,235)
    stay 501.7 688.3 rgb(147,191,234)
    less 501.7 393.3 rgb(139,187,235)
    more 895.0 295.0 rgb(237,206,182)
    ");
    let titles: Vec<&str> =
        picture.split("<title>").skip(2).map(|rest| rest.split("</title>").next().unwrap()).collect();
    insta::assert_snapshot!(titles.join("\n"), @"
    all (before 230 samples, after 80 samples: -150, -65.2%)
    main (before 230 samples, after 80 samples: -150, -65.2%)
    gone (before 100 samples, after 0 samples: -100, gone; self -100, gone)
    stay (before 130 samples, after 80 samples: -50, -38.5%)
    less (before 80 samples, after 20 samples: -60, -75.0%; self -60, -75.0%)
    more (before 50 samples, after 60 samples: +10, +20.0%; self +10, +20.0%)
    ");
    for part in ["less</text>", "width: the greater of before and after"] {
        assert!(picture.contains(part), "{part}");
    }
    for (arguments, has_gone) in [
        (&["--diff-width", "after"][..], false),
        (&["--diff-width", "before"], true),
        (&["--diff-width", "delta"], true),
        (&["--diff-by", "self"], true),
    ] {
        assert_eq!(names(&draw(CHANGED, arguments)).contains(&"gone".to_owned()), has_gone, "{arguments:?}");
    }
    let classic = boxes(&draw(CHANGED, &["--diff-colors", "classic", "--diff-by", "self"]));
    assert!(classic.iter().any(|line| line == "gone 10.0 491.7 rgb(0,0,255)"), "{classic:?}");
    let negated = boxes(&draw(CHANGED, &["--diff-colors", "classic", "--diff-by", "self", "--negate"]));
    assert!(negated.iter().any(|line| line == "gone 10.0 491.7 rgb(255,0,0)"), "{negated:?}");
}

#[test]
fn compat_draws_what_the_original_draws() {
    let stacks = "# comment 5\na;b 10\na;b+x 5\na;b;c 20\na;b c;d 30\nx;y 3\r\n";
    for (input, arguments, rules) in [
        (stacks, &["--compat"][..], Rules::default()),
        (
            stacks,
            &["--compat", "--hash", "--colors", "io"],
            Rules { hash: true, colors: "io".into(), ..Rules::default() },
        ),
        (CHANGED, &["--compat", "--negate"], Rules { negate: true, ..Rules::default() }),
        (CHANGED, &["--compat", "--flamechart", "--minwidth", "5%"], {
            Rules { flamechart: true, minwidth: "5%".into(), ..Rules::default() }
        }),
    ] {
        let mut ours: Vec<String> = boxes(&draw(input, arguments));
        let expect = rules.rectangles(input);
        let name = |title: &str| title.rsplit_once(" (").unwrap().0.to_owned();
        let told = expect.iter().map(|each| format!("{} {} {} {}", name(&each.title), each.x, each.width, each.fill));
        let mut expect: Vec<String> = told.collect();
        ours.sort();
        expect.sort();
        assert_eq!(ours, expect, "{arguments:?}");
    }
    let finished = piped(folder().path(), stacks, &["--compat"]).succeeded();
    insta::assert_snapshot!(finished.stderr, @"
    warning: 1 line does not end in a count and is left out
    warning: there are only 70 samples; shares of so few mean little
    ");
    // What is not folded is folded first, by the program's name.
    let script = "app 12 10.5: 7 cycles:\n\t401000 main (/app)\n\t400000 _start (/app)\n\n";
    assert_eq!(names(&draw(script, &["--compat", "-q"])), ["all", "app", "_start", "main"]);
}

#[test]
fn inputs_are_merged_and_outputs_are_files() {
    let folder = folder();
    fs::write(folder.path().join("a"), "main;f 100\n").unwrap();
    fs::write(folder.path().join("b"), "main;g 300").unwrap();
    for more in [&[][..], &["--compat"]] {
        let mut command = firesteel();
        command.current_dir(folder.path()).args(["flamegraph", "a", "b", "-o", "x.svg", "-v"]).args(more);
        let finished = run(&mut command).succeeded();
        assert_eq!((finished.stdout_text().as_str(), finished.stderr.as_str()), ("", "drew 2 stacks\n"));
        let picture = fs::read_to_string(folder.path().join("x.svg")).unwrap();
        assert!(picture.contains("<title>g (300 samples, 75.00%)"), "{picture}");
    }
}

#[test]
fn filters_are_those_of_every_command() {
    assert_eq!(names(&draw(STACKS, &["--focus", "^idle$"])), ["all", "main", "idle"]);
    assert_eq!(names(&draw(STACKS, &["--hide", "^work$", "--ignore", "read|serve"])), ["all", "main", "idle", "parse"]);
}

#[test]
fn nothing_to_draw_is_said() {
    for arguments in [&[][..], &["--compat"]] {
        let finished = piped(folder().path(), "a;b 0\n", arguments);
        assert_eq!(finished.code(), Some(2));
        assert!(finished.stdout_text().contains("Nothing to draw"), "{}", finished.stdout_text());
        assert_eq!(finished.stderr, "error: there is nothing to draw: no sample has a value above zero\n");
    }
    for (arguments, message) in [
        (&["--encoding", "UTF-16"][..], "a picture cannot be in the encoding `UTF-16`"),
        (&["--colors", "chartreuse"], "there are: package, hot, mem"),
        (&["--width", "0"], "not a number of pixels from 40 to 1000000, nor `fluid`"),
        (&["--hash", "--random"], "cannot be used with"),
        (&["--sample-index", "none"], "the profile has no value `none`"),
        (&["--compat", "--focus", "work"], "filters are not for `--compat`"),
        (&["absent.folded"], "cannot read `absent.folded`"),
    ] {
        let finished = piped(folder().path(), STACKS, arguments);
        assert_eq!(finished.code(), Some(2), "{arguments:?}");
        assert!(finished.stderr.contains(message), "{arguments:?}: {}", finished.stderr);
    }
}
