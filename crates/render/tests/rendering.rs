//! What the pictures, reports and summaries look like, and that no name becomes anything but text.

use firesteel_model::{Frame, FrameKind, Function, LineNumber, Profile, Sample, StackId, TopTable, Unit, ValueType};
use firesteel_render::svg::{MinWidth, Palette, SvgOptions};
use firesteel_render::text::{TextStyle, TopOptions, TopOrder};
use firesteel_render::{html, svg, text};

/// A profile from lines `frame;frame count`. Frames under `kernel:` are the kernel's, the rest Go's.
fn profile_of(sample_types: Vec<ValueType>, folded: &[(&[&str], &[i64])]) -> Profile {
    let mut profile = Profile::new(sample_types);
    for (frames, values) in folded {
        let mut stack = StackId::ROOT;
        for name in *frames {
            let (name, kind) = match name.strip_prefix("kernel:") {
                Some(name) => (name, FrameKind::Kernel),
                None => (*name, FrameKind::Go),
            };
            let frame = profile.intern_named_frame(name, kind);
            stack = profile.push_stack(stack, frame);
        }
        profile.add_sample(Sample::new(stack, values));
    }
    profile
}

fn small() -> Profile {
    profile_of(
        vec![ValueType::samples()],
        &[
            (&["main.main", "encoding/json.Marshal"], &[30]),
            (&["main.main"], &[10]),
            (&["main.main", "runtime.mallocgc", "kernel:do_page_fault"], &[59]),
            (&["main.main", "encoding/json.Marshal", "runtime.memmove"], &[1]),
        ],
    )
}

/// The boxes of a picture as `y x width fill title | label`, in file order.
fn boxes(picture: &str) -> String {
    let document = roxmltree::Document::parse(picture).expect("the picture is well-formed");
    let frames = document.descendants().find(|node| node.attribute("id") == Some("frames")).expect("there are boxes");
    let mut lines = Vec::new();
    for group in frames.children().filter(roxmltree::Node::is_element) {
        let child =
            |name: &str| group.children().find(|child| child.has_tag_name(("http://www.w3.org/2000/svg", name)));
        let rect = child("rect").expect("a box has a rectangle");
        let attribute = |name: &str| rect.attribute(name).unwrap_or("?");
        lines.push(format!(
            "{:>4} {:>6} {:>6} {} {}{}",
            attribute("y"),
            attribute("x"),
            attribute("width"),
            attribute("fill"),
            child("title").and_then(|title| title.text()).unwrap_or("?"),
            child("text").and_then(|label| label.text()).map_or(String::new(), |label| format!(" | {label}"))
        ));
    }
    lines.join("\n")
}

fn options(colors: Palette) -> SvgOptions {
    SvgOptions { colors, ..SvgOptions::default() }
}

#[test]
fn boxes_of_the_classic_picture() {
    insta::assert_snapshot!(boxes(&svg::render(&small(), &options(Palette::Hot))), @r"
    85   10.0 1180.0 rgb(213,39,9) all (100 samples, 100%) | all
    69   10.0 1180.0 rgb(227,101,24) main.main (100 samples, 100.00%) | main.main
    53  128.0  365.8 rgb(238,152,36) encoding/json.Marshal (31 samples, 31.00%) | encoding/json.Marshal
    37  482.0   11.8 rgb(232,127,30) runtime.memmove (1 samples, 1.00%)
    53  493.8  696.2 rgb(241,169,40) runtime.mallocgc (59 samples, 59.00%) | runtime.mallocgc
    37  493.8  696.2 rgb(216,54,13) do_page_fault (59 samples, 59.00%) | do_page_fault
    ");
}

#[test]
fn boxes_of_an_icicle_with_other_sizes() {
    let options = SvgOptions {
        inverted: true,
        subtitle: "why".to_owned(),
        width: 400,
        frame_height: 18.0,
        font_size: 10.0,
        min_width: MinWidth::Percent(2.0),
        factor: 0.5,
        total: Some(200.0),
        count_name: "ms".to_owned(),
        ..options(Palette::Mem)
    };
    insta::assert_snapshot!(boxes(&svg::render(&small(), &options)), @r"
     50   10.0  380.0 rgb(0,198,35) all (50 ms, 100%) | all
     68   10.0  190.0 rgb(0,212,93) main.main (50 ms, 50.00%) | main.main
     86   29.0   58.9 rgb(0,223,139) encoding/json.Marshal (16 ms, 16.00%) | Marshal
     86   87.9  112.1 rgb(0,226,154) runtime.mallocgc (30 ms, 30.00%) | runtime.mallocgc
    104   87.9  112.1 rgb(0,201,49) do_page_fault (30 ms, 30.00%) | do_page_fault
    ");
}

#[test]
fn boxes_from_the_leaf() {
    let options = SvgOptions { reverse: true, ..options(Palette::Blue) };
    insta::assert_snapshot!(boxes(&svg::render(&small(), &options)), @r"
    85   10.0 1180.0 rgb(90,90,213) all (100 samples, 100%) | all
    69   10.0  696.2 rgb(94,94,216) do_page_fault (59 samples, 59.00%) | do_page_fault
    53   10.0  696.2 rgb(124,124,241) runtime.mallocgc (59 samples, 59.00%) | runtime.mallocgc
    37   10.0  696.2 rgb(106,106,227) main.main (59 samples, 59.00%) | main.main
    69  706.2  354.0 rgb(119,119,238) encoding/json.Marshal (30 samples, 30.00%) | encoding/json.Marshal
    53  706.2  354.0 rgb(106,106,227) main.main (30 samples, 30.00%) | main.main
    69 1060.2  118.0 rgb(106,106,227) main.main (10 samples, 10.00%) | main.main
    69 1178.2   11.8 rgb(113,113,232) runtime.memmove (1 samples, 1.00%)
    53 1178.2   11.8 rgb(119,119,238) encoding/json.Marshal (1 samples, 1.00%)
    37 1178.2   11.8 rgb(106,106,227) main.main (1 samples, 1.00%)
    ");
}

#[test]
fn time_and_bytes_carry_their_units() {
    let profile = profile_of(
        vec![ValueType::samples(), ValueType::cpu(), ValueType::new("alloc_space", Unit::Bytes)],
        &[(&["main.f"], &[1234, 1_234_000_000, 2048]), (&["main.g"], &[1, 1_000_000, 1023])],
    );
    let with = |sample_type| {
        boxes(&svg::render(&profile, &SvgOptions { sample_type: Some(sample_type), ..SvgOptions::default() }))
    };
    let titles = |picture: String| {
        picture.lines().map(|line| line.split_once(") ").map_or("", |(_, rest)| rest).to_owned()).collect::<Vec<_>>()
    };
    insta::assert_debug_snapshot!([titles(with(0)), titles(with(1)), titles(with(2))], @r#"
    [
        [
            "all (1,235 samples, 100%) | all",
            "main.f (1,234 samples, 99.92%) | main.f",
            "main.g (1 samples, 0.08%)",
        ],
        [
            "all (1,235 samples / 1.24 s, 100%) | all",
            "main.f (1,234 samples / 1.23 s, 99.92%) | main.f",
            "main.g (1 samples / 1.00 ms, 0.08%)",
        ],
        [
            "all (1,235 samples / 3.00 KiB, 100%) | all",
            "main.f (1,234 samples / 2.00 KiB, 66.69%) | main.f",
            "main.g (1 samples / 1,023 B, 33.31%) | main.g",
        ],
    ]
    "#);
}

#[test]
fn a_small_picture_whole() {
    let picture = svg::render(&small(), &SvgOptions { notes: "a -- b".to_owned(), ..SvgOptions::default() });
    // The style sheet and the script are the same in every picture.
    let style = picture.split("<style").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
    let script = picture.split("<![CDATA[").nth(1).and_then(|rest| rest.split("]]>").next()).unwrap();
    let picture = picture.replace(style, "…").replace(script, "…");
    insta::assert_snapshot!(picture, @r#"
    <?xml version="1.0" encoding="UTF-8" standalone="no"?>
    <!-- NOTES: a - - b -->
    <svg version="1.1" width="1200" height="158" viewBox="0 0 1200 158" xmlns="http://www.w3.org/2000/svg" font-family="Verdana, sans-serif" font-size="12" class="firesteel" data-name-type="Function:" data-font-width="0.59" data-parentheses="1">
    <!-- Flame graph by Firesteel. Boxes drawn: 6; too narrow to draw: 0. -->
    <defs><linearGradient id="background" x1="0" y1="0" x2="0" y2="1"><stop stop-color="rgb(248,248,248)" offset="5%"/><stop stop-color="rgb(232,232,232)" offset="95%"/></linearGradient></defs>
    <style…</style>
    <rect width="100%" height="100%" fill="url(#background)"/>
    <text id="title" x="600" y="24" font-size="17">Flame Graph</text>
    <text id="unzoom" x="10" y="24" class="gone">Reset Zoom</text>
    <text id="search" x="1090" y="24">Search</text>
    <text id="ignorecase" x="1174" y="24">ic</text>
    <text id="matched" x="1090" y="141"> </text>
    <text id="details" x="10" y="141"> </text>
    <g id="legend">
    <title>Whose code it is, with its share of self values</title>
    <rect x="10.0" y="38.4" width="12" height="12" fill="rgb(252,154,74)" rx="2" ry="2"/><text x="28.0" y="48.0">own code 10.0%</text>
    <rect x="145.1" y="38.4" width="12" height="12" fill="rgb(165,210,233)" rx="2" ry="2"/><text x="163.1" y="48.0">standard library 30.0%</text>
    <rect x="336.9" y="38.4" width="12" height="12" fill="rgb(130,158,219)" rx="2" ry="2"/><text x="354.9" y="48.0">Go runtime 1.00%</text>
    <rect x="486.2" y="38.4" width="12" height="12" fill="rgb(147,151,159)" rx="2" ry="2"/><text x="504.2" y="48.0">kernel 59.0%</text>
    </g>
    <g id="frames">
    <g data-v="0 100"><title>all (100 samples, 100%)</title><rect x="10.0" y="109" width="1180.0" height="15.0" fill="rgb(225,219,209)" rx="2"/><text x="13.00" y="119.5">all</text></g>
    <g data-v="0 100"><title>main.main (100 samples, 100.00%)</title><rect x="10.0" y="93" width="1180.0" height="15.0" fill="rgb(252,162,88)" rx="2"/><text x="13.00" y="103.5">main.main</text></g>
    <g data-v="10 31"><title>encoding/json.Marshal (31 samples, 31.00%)</title><rect x="128.0" y="77" width="365.8" height="15.0" fill="rgb(162,207,232)" rx="2"/><text x="131.00" y="87.5">encoding/json.Marshal</text></g>
    <g data-v="40 1"><title>runtime.memmove (1 samples, 1.00%)</title><rect x="482.0" y="61" width="11.8" height="15.0" fill="rgb(131,164,219)" rx="2"/></g>
    <g data-v="41 59"><title>runtime.mallocgc (59 samples, 59.00%)</title><rect x="493.8" y="77" width="696.2" height="15.0" fill="rgb(128,162,218)" rx="2"/><text x="496.80" y="87.5">runtime.mallocgc</text></g>
    <g data-v="41 59"><title>do_page_fault (59 samples, 59.00%)</title><rect x="493.8" y="61" width="696.2" height="15.0" fill="rgb(154,156,165)" rx="2"/><text x="496.80" y="71.5">do_page_fault</text></g>
    </g>
    <script type="text/ecmascript"><![CDATA[…]]></script>
    </svg>
    "#);
}

#[test]
fn no_function_is_drawn_twice_under_one_caller() {
    let profile = profile_of(
        vec![ValueType::samples()],
        &[(&["a", "b"], &[10]), (&["a", "b+x"], &[5]), (&["a", "b", "c"], &[20]), (&["a", "b c", "d"], &[30])],
    );
    let picture = boxes(&svg::render(&profile, &options(Palette::Hot)));
    assert_eq!(picture.lines().filter(|line| line.contains(" b (")).count(), 1, "{picture}");
}

#[test]
fn narrow_boxes_are_left_out_and_counted() {
    let profile = profile_of(
        vec![ValueType::samples()],
        &[(&["main.wide"], &[1_000_000]), (&["main.thin", "main.thinner"], &[1]), (&["main.other"], &[2])],
    );
    let picture = svg::render(&profile, &SvgOptions::default());
    assert!(picture.contains("2 boxes narrower than 0.1 px and what they call are not drawn"));
    assert_eq!(boxes(&picture).lines().count(), 2);
}

#[test]
fn sums_that_cannot_be_drawn_are_said() {
    for profile in [
        Profile::default(),
        Profile::new(vec![ValueType::samples()]),
        profile_of(vec![ValueType::samples()], &[(&["main.f"], &[0])]),
        profile_of(vec![ValueType::samples()], &[(&["main.f"], &[-5])]),
    ] {
        let picture = svg::render(&profile, &SvgOptions::default());
        roxmltree::Document::parse(&picture).unwrap();
        assert!(picture.contains("Nothing to draw"));
        assert!(html::render(&profile, &html::HtmlOptions::default()).contains("firesteel-report"));
        let _ = text::heaviest(&profile, None, 5, &TextStyle::default());
        let _ = text::top_table(
            &profile,
            &TopTable::of_profile(&profile, 0),
            &TopOptions::default(),
            &TextStyle::default(),
        );
    }
}

#[test]
fn very_deep_stacks_and_very_long_names_are_drawn() {
    let long = "x".repeat(1 << 20);
    let mut frames = vec!["main.recurse"; 20_000];
    frames.push(&long);
    let profile = profile_of(vec![ValueType::samples()], &[(&frames, &[5])]);
    assert_eq!(boxes(&svg::render(&profile, &SvgOptions::default())).lines().count(), 20_002);
    let mut written = Vec::new();
    svg::write(&profile, &SvgOptions::default(), &mut written).unwrap();
    assert!(
        String::from_utf8(written).unwrap() == svg::render(&profile, &SvgOptions::default()),
        "parts make the whole"
    );
    let mut full: &mut [u8] = &mut [0; 10_000];
    assert!(svg::write(&profile, &SvgOptions::default(), &mut full).is_err(), "no more fits");
    let reverse = SvgOptions { reverse: true, ..SvgOptions::default() };
    assert!(svg::render(&profile, &reverse).len() > 1 << 20);
    assert!(html::render(&profile, &html::HtmlOptions::default()).len() > 20_000);
    assert!(text::heaviest(&profile, None, 5, &TextStyle::default()).lines().all(|line| line.len() < 300));
}

/// A difference with everything that may happen to a function.
fn changed() -> Profile {
    profile_of(
        vec![ValueType::new("before", Unit::Count), ValueType::new("after", Unit::Count)],
        &[
            (&["m", "gone"], &[100, 0]),
            (&["m", "stay"], &[50, 50]),
            (&["m", "more"], &[20, 30]),
            (&["m", "less", "x"], &[30, 10]),
            (&["m", "new"], &[0, 40]),
            (&["m"], &[10, 10]),
        ],
    )
}

#[test]
fn boxes_of_a_difference() {
    let profile = changed();
    let differences = svg::Differences::of(&profile);
    assert!(differences.is_some() && svg::Differences::of(&small()).is_none());
    let options = SvgOptions { differences, ..options(Palette::Hot) };
    insta::assert_snapshot!(boxes(&svg::render(&profile, &options)), @r"
    109   10.0 1180.0 rgb(107,171,235) all (before 210 samples, after 140 samples: -70, -33.3%) | all
     93   10.0 1180.0 rgb(107,171,235) m (before 210 samples, after 140 samples: -70, -33.3%; self no change) | m
     77   55.4  453.8 rgb(82,158,236) gone (before 100 samples, after 0 samples: -100, gone; self -100, gone) | gone
     77  509.2  136.2 rgb(167,201,234) less (before 30 samples, after 10 samples: -20, -66.7%) | less
     61  509.2  136.2 rgb(167,201,234) x (before 30 samples, after 10 samples: -20, -66.7%; self -20, -66.7%) | x
     77  645.4  136.1 rgb(237,199,171) more (before 20 samples, after 30 samples: +10, +50.0%; self +10, +50.0%) | more
     77  781.5  181.6 rgb(239,161,109) new (before 0 samples, after 40 samples: +40, new; self +40, new) | new
     77  963.1  226.9 rgb(236,236,232) stay (before 50 samples, after 50 samples: no change; self no change) | stay
    ");
    let with = |change: &dyn Fn(&mut svg::Differences)| {
        let mut differences = differences.unwrap();
        change(&mut differences);
        boxes(&svg::render(&profile, &SvgOptions { differences: Some(differences), ..options.clone() }))
    };
    let names = |boxes: &str| {
        let name =
            |line: &str| line.split(") ").nth(1).and_then(|rest| rest.split(" (").next()).unwrap_or("").to_owned();
        boxes.lines().map(name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&with(&|it| it.width = svg::DifferenceWidth::After)), "all m less x more new stay");
    assert_eq!(names(&with(&|it| it.width = svg::DifferenceWidth::Before)), "all m gone less x more stay");
    assert_eq!(names(&with(&|it| it.width = svg::DifferenceWidth::Delta)), "all m gone less x more new");
    // What only calls what changed has not changed itself.
    let own = with(&|it| (it.own_only, it.classic_colors) = (true, true));
    assert!(own.lines().any(|line| line.contains(" less (") && line.contains("rgb(255,255,255)")), "{own}");
    assert!(own.lines().any(|line| line.contains(" gone (") && line.contains("rgb(0,0,255)")), "{own}");
}

#[test]
fn a_flame_chart_keeps_the_order() {
    let profile = profile_of(
        vec![ValueType::samples()],
        &[(&["m", "b"], &[10]), (&["m", "a"], &[20]), (&["m", "b"], &[5]), (&["n"], &[5])],
    );
    let options = SvgOptions { flame_chart: true, ..options(Palette::Hot) };
    insta::assert_snapshot!(boxes(&svg::render(&profile, &options)), @r"
    69   10.0 1180.0 rgb(213,39,9) all (40 samples, 100%) | all
    53   10.0 1032.5 rgb(209,20,4) m (35 samples, 87.50%) | m
    37   10.0  295.0 rgb(230,117,28) b (10 samples, 25.00%) | b
    37  305.0  590.0 rgb(236,146,35) a (20 samples, 50.00%) | a
    37  895.0  147.5 rgb(230,117,28) b (5 samples, 12.50%) | b
    53 1042.5  147.5 rgb(252,220,52) n (5 samples, 12.50%) | n
    ");
}

#[test]
fn only_what_is_drawn_gets_a_colour_to_keep() {
    let mut palette = svg::PaletteMap::parse("main.main->rgb(1,2,3)\nelsewhere->rgb(4,5,6)\n");
    let mut written = Vec::new();
    let options = SvgOptions { min_width: MinWidth::Percent(2.0), ..options(Palette::Mem) };
    svg::write_with_palette(&small(), &options, &mut palette, &mut written).unwrap();
    assert!(String::from_utf8(written).unwrap().contains("fill=\"rgb(1,2,3)\""));
    insta::assert_snapshot!(palette.to_text(), @"
    do_page_fault->rgb(0,201,49)
    elsewhere->rgb(4,5,6)
    encoding/json.Marshal->rgb(0,223,139)
    main.main->rgb(1,2,3)
    runtime.mallocgc->rgb(0,226,154)
    ");
}

#[test]
fn nonsense_sizes_fall_back() {
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        let options = SvgOptions {
            width: 0,
            frame_height: value,
            font_size: value,
            font_width: value,
            factor: value,
            min_width: MinWidth::Pixels(-value),
            total: Some(value),
            sample_type: Some(99),
            ..SvgOptions::default()
        };
        boxes(&svg::render(&small(), &options));
    }
}

const HOSTILE: [&str; 9] = [
    "</script><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<!-- --> -->",
    "\" onload=\"alert(1)",
    "' onload='alert(1)",
    "javascript:alert(1)",
    "{{PAYLOAD}}{{TITLE}}",
    "esc\u{1b}]0;owned\u{7}\u{1b}[31m\0\r\n",
    "main.\u{202e}gnp.exe\u{2066}\u{200b}",
];

fn hostile() -> Profile {
    let mut profile = Profile::new(HOSTILE.map(|name| ValueType::new(name, Unit::Other(name.to_owned()))).to_vec());
    for name in HOSTILE {
        let function = Function {
            name: profile.intern(name),
            file: profile.intern(name),
            start_line: LineNumber(u32::MAX),
            ..Function::default()
        };
        let function = profile.intern_function(function);
        let frame = profile.intern_frame(Frame { function, kind: FrameKind::Go, ..Frame::default() });
        let stack = profile.push_stack(StackId::ROOT, frame);
        profile.add_sample(Sample::new(stack, &[7; HOSTILE.len()]));
    }
    profile.metadata.title = HOSTILE.concat();
    profile.metadata.set_property(HOSTILE[0], HOSTILE[1]);
    profile
}

/// No control character but the line feed, nothing that reorders text.
fn assert_harmless(text: &str) {
    for character in text.chars() {
        let code = u32::from(character);
        assert!(code >= 0x20 && !(0x7f..0xa0).contains(&code) || character == '\n', "U+{code:04X}");
        assert!(!(0x202a..=0x202e).contains(&code) && !(0x2066..=0x2069).contains(&code), "U+{code:04X}");
    }
}

#[test]
fn names_stay_text_in_svg() {
    let profile = hostile();
    for name in HOSTILE {
        for colors in Palette::ALL {
            let options = SvgOptions {
                title: name.to_owned(),
                subtitle: name.to_owned(),
                notes: name.to_owned(),
                count_name: name.to_owned(),
                name_type: name.to_owned(),
                font_type: name.to_owned(),
                ..options(colors)
            };
            let picture = svg::render(&profile, &options);
            assert_harmless(&picture);
            let document = roxmltree::Document::parse(&picture).expect("well-formed");
            let scripts =
                document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "script")));
            assert_eq!(scripts.count(), 1);
            let handler = |node: roxmltree::Node<'_, '_>| {
                node.attributes().any(|a| a.name().starts_with("on") || a.name() == "href")
            };
            assert!(!document.descendants().any(handler));
        }
    }
}

#[test]
fn names_stay_text_in_html() {
    let profile = hostile();
    let plain = html::render(&small(), &html::HtmlOptions::default());
    for name in HOSTILE {
        let options = html::HtmlOptions {
            title: name.to_owned(),
            subtitle: name.to_owned(),
            metadata: vec![(name.to_owned(), name.to_owned())],
            warnings: vec![name.to_owned()],
            ..html::HtmlOptions::default()
        };
        let page = html::render_all(&[html::NamedProfile { name: name.to_owned(), profile: &profile }], &options);
        for mark in ["<script", "</script>", "<title>", "</title>", "<!--"] {
            assert_eq!(page.matches(mark).count(), plain.matches(mark).count(), "{mark} for {name}");
        }
    }
}

#[test]
fn names_stay_text_in_terminals() {
    let profile = hostile();
    for column in 0..HOSTILE.len() {
        for unicode in [true, false] {
            let style = TextStyle { color: false, unicode, width: 80 };
            let top = top_table(&profile, column, &TopOptions::default(), &style);
            let heaviest = text::heaviest(&profile, Some(column), 5, &style);
            for output in [top, heaviest] {
                assert_harmless(&output);
                assert!(unicode || output.is_ascii(), "{output}");
            }
        }
    }
}

fn top_table(profile: &Profile, column: usize, options: &TopOptions, style: &TextStyle) -> String {
    text::top_table(profile, &TopTable::of_profile(profile, column), options, style)
}

fn service() -> Profile {
    let mut profile = profile_of(
        vec![ValueType::samples(), ValueType::cpu()],
        &[
            (&["net/http.(*conn).serve", "main.handle", "encoding/json.Marshal"], &[120, 1_200_000_000]),
            (&["net/http.(*conn).serve", "main.handle"], &[300, 3_000_000_000]),
            (&["net/http.(*conn).serve", "main.handle", "runtime.mallocgc"], &[77, 770_000_000]),
            (&["github.com/acme/warehouse/internal/inventory.(*Reconciler).Reconcile"], &[3, 30_000_000]),
            (&["main.fib", "main.fib", "main.fib"], &[50, 500_000_000]),
        ],
    );
    profile.metadata.default_sample_type = 1;
    profile
}

#[test]
fn the_top_table() {
    let style = TextStyle { color: false, unicode: true, width: 80 };
    insta::assert_snapshot!(top_table(&service(), 1, &TopOptions::default(), &style), @r"
    6 of 6 functions; 100% is 5.50 s of cpu
       self  self %    total  total %  function
     3.00 s   54.5%   4.97 s    90.4%  main.handle
     1.20 s   21.8%   1.20 s    21.8%  encoding/json.Marshal
     770 ms   14.0%   770 ms    14.0%  runtime.mallocgc
     500 ms   9.09%   500 ms    9.09%  main.fib
    30.0 ms   0.55%  30.0 ms    0.55%  inventory.(*Reconciler).Reconcile
        0 s      0%   4.97 s    90.4%  net/http.(*conn).serve
    ");
    let options = TopOptions { limit: 2, order: TopOrder::Total, ..TopOptions::default() };
    insta::assert_snapshot!(top_table(&service(), 0, &options, &style), @r"
    2 of 6 functions; 100% is 550 samples
           self  self %        total  total %  function
    300 samples   54.5%  497 samples    90.4%  main.handle
      0 samples      0%  497 samples    90.4%  net/http.(*conn).serve
    ");
}

#[test]
fn the_heaviest_functions() {
    let style = TextStyle { color: false, unicode: true, width: 80 };
    insta::assert_snapshot!(text::heaviest(&service(), None, 3, &style), @r"
    Heaviest by self
       54.5%  ████████████████  3.00 s  main.handle
       21.8%  ██████▍           1.20 s  encoding/json.Marshal
       14.0%  ████▏             770 ms  runtime.mallocgc
    Heaviest by total (with what they call)
       90.4%  ████████████████  4.97 s  main.handle
       90.4%  ████████████████  4.97 s  net/http.(*conn).serve
       21.8%  ███▉              1.20 s  encoding/json.Marshal
    ");
    let style = TextStyle { color: true, unicode: false, width: 60 };
    insta::assert_snapshot!(text::heaviest(&service(), Some(0), 2, &style).replace('\u{1b}', "ESC"), @r"
    ESC[1mHeaviest by selfESC[0m
       54.5%  ESC[38;5;208m################ESC[0m  300 samples  main.handle
       21.8%  ESC[38;5;75m######          ESC[0m  120 samples  json.Marshal
    ESC[1mHeaviest by total (with what they call)ESC[0m
       90.4%  ESC[38;5;208m################ESC[0m  497 samples  main.handle
       90.4%  ESC[38;5;75m################ESC[0m  497 samples  http.(*conn).serve
    ");
}

#[test]
fn same_input_same_bytes() {
    assert_eq!(svg::render(&service(), &SvgOptions::default()), svg::render(&service(), &SvgOptions::default()));
    let options = html::HtmlOptions::default();
    assert_eq!(html::render(&service(), &options), html::render(&service(), &options));
}
