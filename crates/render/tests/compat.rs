//! `flamegraph --compat` against the rules of `flamegraph.pl`, which testkit applies in its own way.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use firesteel_render::svg::{MinWidth, Palette, Shading, SvgOptions, compat};
use firesteel_testkit::flamegraph_rules::{Rectangle, Rules};
use proptest::prelude::*;

/// The boxes of a picture, sorted.
fn rectangles(picture: &str) -> Vec<Rectangle> {
    let document = roxmltree::Document::parse(picture).expect("the picture is well-formed");
    let frames = document.descendants().find(|node| node.attribute("id") == Some("frames"));
    let boxes = frames.into_iter().flat_map(|frames| frames.children().filter(roxmltree::Node::is_element));
    let mut rectangles: Vec<Rectangle> = boxes
        .map(|group| {
            let child = |name: &str| group.children().find(|child| child.tag_name().name() == name).unwrap();
            let attribute = |name: &str| child("rect").attribute(name).unwrap().to_owned();
            Rectangle {
                title: child("title").text().unwrap_or_default().to_owned(),
                x: attribute("x"),
                y: attribute("y"),
                width: attribute("width"),
                fill: attribute("fill"),
            }
        })
        .collect();
    rectangles.sort();
    rectangles
}

fn options(rules: &Rules) -> SvgOptions {
    let min_width = match rules.minwidth.strip_suffix('%') {
        Some(percent) => MinWidth::Percent(percent.parse().unwrap()),
        None => MinWidth::Pixels(rules.minwidth.parse().unwrap()),
    };
    SvgOptions {
        width: rules.width as u32,
        frame_height: rules.height,
        font_size: rules.fontsize,
        min_width,
        total: Some(rules.total),
        factor: rules.factor,
        count_name: rules.countname.clone(),
        colors: Palette::from_name(&rules.colors).unwrap(),
        shading: if rules.hash { Shading::FirstLetters } else { Shading::Letters },
        reverse: rules.reverse,
        inverted: rules.inverted,
        flame_chart: rules.flamechart,
        negate: rules.negate,
        subtitle: if rules.subtitle { "why".to_owned() } else { String::new() },
        ..SvgOptions::default()
    }
}

fn check(folded: &str, rules: &Rules) -> usize {
    let ours = rectangles(&compat::render(folded, &options(rules), None).svg);
    let expect = rules.rectangles(folded);
    let differing = ours.iter().zip(&expect).find(|(ours, expect)| ours != expect);
    assert_eq!(differing, None, "{rules:?}\n{folded}");
    assert_eq!(ours.len(), expect.len(), "{rules:?}\n{folded}");
    ours.len()
}

/// Every option that decides about boxes, some at once.
fn all_rules() -> Vec<Rules> {
    let with = |change: &dyn Fn(&mut Rules)| {
        let mut rules = Rules::default();
        change(&mut rules);
        rules
    };
    let mut all = vec![
        Rules::default(),
        with(&|rules| rules.hash = true),
        with(&|rules| (rules.hash, rules.colors) = (true, "io".to_owned())),
        with(&|rules| (rules.inverted, rules.subtitle) = (true, true)),
        with(&|rules| rules.subtitle = true),
        with(&|rules| rules.reverse = true),
        with(&|rules| rules.flamechart = true),
        with(&|rules| (rules.reverse, rules.flamechart) = (true, true)),
        with(&|rules| {
            (rules.minwidth, rules.width, rules.fontsize, rules.height) = ("1%".to_owned(), 900.0, 10.0, 18.0);
        }),
        with(&|rules| (rules.minwidth, rules.width) = ("0".to_owned(), 400.0)),
        with(&|rules| (rules.total, rules.factor) = (99_999_999.0, 0.1)),
        with(&|rules| (rules.total, rules.countname) = (0.5, "ms <&>".to_owned())),
        with(&|rules| rules.negate = true),
        with(&|rules| (rules.height, rules.fontsize) = (14.7, 9.3)),
    ];
    for palette in Palette::ALL {
        // Those that the script does not have.
        if !matches!(palette, Palette::Package | Palette::Python | Palette::Rust) {
            all.push(with(&|rules| palette.as_str().clone_into(&mut rules.colors)));
        }
    }
    all
}

#[test]
fn fixtures_give_the_same_boxes() {
    for (name, folded, least) in [
        ("java", include_str!("fixtures/java.folded"), 30),
        ("kernel and C++", include_str!("fixtures/mixed.folded"), 30),
        ("difference", include_str!("fixtures/difference.folded"), 10),
        ("wake-ups", include_str!("fixtures/wakeups.folded"), 10),
        ("odd lines", include_str!("fixtures/odd.folded"), 10),
    ] {
        for rules in all_rules() {
            let drawn = check(folded, &rules);
            assert!(rules != Rules::default() || drawn >= least, "{name}: {drawn} boxes");
        }
    }
}

/// Folded text from a place outside of the repository: `FIRESTEEL_FOLDED=a.txt:b.txt cargo test -p firesteel-render`.
#[test]
fn other_texts_give_the_same_boxes() {
    for path in std::env::var("FIRESTEEL_FOLDED").unwrap_or_default().split(':').filter(|path| !path.is_empty()) {
        let folded = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let drawn: usize = all_rules().iter().map(|rules| check(&folded, rules)).sum();
        println!("{path}: {drawn} boxes in {} pictures are the same", all_rules().len());
    }
}

#[test]
fn a_function_may_be_drawn_twice() {
    let folded = "a;b 10\na;b+x 5\na;b;c 20\na;b c;d 30\n";
    let boxes = rectangles(&compat::render(folded, &SvgOptions::default(), None).svg);
    assert_eq!(boxes.iter().filter(|rectangle| rectangle.title.starts_with("b (")).count(), 2);
}

#[test]
fn what_cannot_be_drawn_is_counted() {
    let picture = compat::render("a;b 1\nbroken\na -1\n\n", &SvgOptions::default(), None);
    assert_eq!((picture.ignored, picture.total), (3, 1.0));
    let picture = compat::render("a 1\r\n", &SvgOptions::default(), None);
    assert_eq!((picture.ignored, picture.total), (1, 0.0));
    assert!(picture.svg.contains("Nothing to draw"));
}

/// Frames whose order, colours and marks matter.
const FRAMES: &[&str] = &[
    "a",
    "b",
    "b+",
    "b c",
    "b(x)",
    "b$1",
    "c::d",
    "x:::y",
    "java/lang/X",
    "Lorg/a/B",
    "sys_read_[k]",
    "f_[j]",
    "g_[i]",
    "/app/x.js:1",
    "Perl_run",
    "世界",
    "世",
    "",
    "-",
    "--",
    "first",
    "tsrif",
    "m`f",
    "<&>\"",
    "x_[w]",
    "e\u{301}",
    "_",
];

fn folded() -> impl Strategy<Value = String> {
    let frames = prop::collection::vec(prop::sample::select(FRAMES), 0..6);
    let count = prop_oneof![
        6 => (0u32..40).prop_map(|count| count.to_string()),
        1 => (0u32..100_000).prop_map(|count| count.to_string()),
        1 => (0u32..400).prop_map(|count| format!("{}.{}", count / 10, count % 10)),
        1 => Just("5.".to_owned()),
    ];
    let counts = prop_oneof![
        4 => count.clone().prop_map(|count| (count, None)),
        3 => (count.clone(), count).prop_map(|(old, new)| (old, Some(new))),
    ];
    let line = (frames, counts, 0u8..20).prop_map(|(frames, (one, other), odd)| {
        let counts = other.map_or(one.clone(), |other| format!("{one} {other}"));
        match odd {
            0 => "no count".to_owned(),
            1 => format!("{}\t{counts}", frames.join(";")),
            2 => format!("{} {counts}\r", frames.join(";")),
            _ => format!("{} {counts}", frames.join(";")),
        }
    });
    prop::collection::vec(line, 1..30).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn generated_texts_give_the_same_boxes(folded in folded(), which in 0usize..1000) {
        let all = all_rules();
        check(&folded, &all[which % all.len()]);
    }
}
