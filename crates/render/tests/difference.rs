//! What pictures and tables of differences look like, and that no name becomes anything but text.

use firesteel_model::{Comparison, DiffTree, FrameKind, Profile, Sample, StackId, Unit, ValueType, WidthBy};
use firesteel_render::difference::{ColorBy, DifferenceOptions};
use firesteel_render::html::{self, HtmlOptions};
use firesteel_render::svg::{self, MinWidth, SvgOptions};
use firesteel_render::text::{
    DifferenceTableOptions, TextStyle, difference_csv, difference_json, difference_markdown, difference_table,
};

const HOSTILE: [&str; 5] = [
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "]]><b>&amp;",
    "a|b`c,\"d\"\n\u{202e}",
    "{{PAYLOAD}}(parenthesis",
];

fn profile(value_type: ValueType, stacks: &[(&[&str], i64)]) -> Profile {
    let mut profile = Profile::new(vec![value_type]);
    "<title> & \"more\"".clone_into(&mut profile.metadata.title);
    for (names, value) in stacks {
        let mut stack = StackId::ROOT;
        for name in *names {
            let frame = profile.intern_named_frame(name, FrameKind::Go);
            stack = profile.push_stack(stack, frame);
        }
        profile.add_sample(Sample::new(stack, &[*value]));
    }
    profile
}

fn compare(value_type: &ValueType, before: &[(&[&str], i64)], after: &[(&[&str], i64)]) -> (Comparison, DiffTree) {
    let (before, after) = (profile(value_type.clone(), before), profile(value_type.clone(), after));
    let mut comparison = Comparison::new((&before, 0), (&after, 0)).expect("columns of one unit");
    let tree = comparison.tree(0.0);
    (comparison, tree)
}

fn small() -> (Comparison, DiffTree) {
    let before: [(&[&str], i64); 4] =
        [(&["m"], 4), (&["m", "gone", "deep"], 40), (&["m", "stay"], 16), (&["m", "same"], 5)];
    let after: [(&[&str], i64); 4] = [(&["m"], 4), (&["m", "new"], 10), (&["m", "stay"], 26), (&["m", "same"], 5)];
    compare(&ValueType::samples(), &before, &after)
}

fn picture(pair: &(Comparison, DiffTree), difference: DifferenceOptions) -> String {
    svg::render_difference(&pair.0, &pair.1, difference, &SvgOptions::default())
}

/// The boxes of a picture as `class x width fill name`, in file order.
fn boxes(picture: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(picture).expect("the picture is well-formed");
    let frames = document.descendants().find(|node| node.attribute("id") == Some("frames")).expect("there are boxes");
    let told = frames.children().filter(roxmltree::Node::is_element).map(|group| {
        let child =
            |name: &str| group.children().find(|child| child.tag_name().name() == name).expect("a part of a box");
        let rect = child("rect");
        let title = child("title").text().unwrap_or_default();
        let name = title.split(" (before").next().unwrap_or_default();
        let attribute = |name: &str| rect.attribute(name).unwrap_or("?");
        format!(
            "{:8} {:>6} {:>6} {} {name}",
            group.attribute("class").unwrap_or("-"),
            attribute("x"),
            attribute("width"),
            attribute("fill")
        )
    });
    told.collect()
}

#[test]
fn a_picture_of_everything() {
    insta::assert_snapshot!(boxes(&picture(&small(), DifferenceOptions::default())).join("\n"), @"
    -          10.0 1180.0 rgb(150,189,228) all
    -          10.0 1180.0 rgb(150,189,228) m
    vanished   65.5  555.3 url(#vanished) gone
    vanished   65.5  555.3 url(#vanished) deep
    appeared  620.8  138.8 rgb(247,104,82) new
    -         759.6   69.5 rgb(222,222,218) same
    -         829.1  360.9 rgb(238,149,134) stay
    ");
}

#[test]
fn colours_follow_self_and_are_exchanged_on_demand() {
    let pair = small();
    let fills = |difference: DifferenceOptions| -> Vec<String> {
        let told = boxes(&picture(&pair, difference)).into_iter();
        told.filter(|told| told.ends_with(" m") || told.ends_with(" stay"))
            .map(|told| told.split_whitespace().nth(3).unwrap_or_default().to_owned())
            .collect()
    };
    let by_total = fills(DifferenceOptions::default());
    let by_self = fills(DifferenceOptions { color_by: ColorBy::Own, ..DifferenceOptions::default() });
    let negated = fills(DifferenceOptions { negate: true, ..DifferenceOptions::default() });
    assert_eq!(by_self[0], "rgb(222,222,218)", "`m` itself did not change");
    assert_eq!(by_self[1], by_total[1]);
    assert!(by_total.iter().zip(&negated).all(|(one, other)| one != other), "{by_total:?} {negated:?}");
}

#[test]
fn names_and_titles_stay_text() {
    let stacks: Vec<(&[&str], i64)> = HOSTILE.iter().map(|name| (std::slice::from_ref(name), 5)).collect();
    let (before, after) = stacks.split_at(3);
    let odd = ValueType::new("<b>cpu</b>", Unit::Other("j(o)ules<i>".to_owned()));
    let pair = compare(&odd, before, after);
    for by in WidthBy::ALL {
        let picture = picture(&pair, DifferenceOptions { by, ..DifferenceOptions::default() });
        assert!(!picture.contains("<img") && !picture.contains("<b>") && !picture.contains("alert(1)</script>"));
        let document = roxmltree::Document::parse(&picture).expect("the picture is well-formed");
        assert_eq!(document.descendants().filter(|node| node.tag_name().name() == "script").count(), 1);
        // Four amounts with a unit of one parenthesis each, and the one around them.
        assert!(picture.contains("data-parentheses=\"5\""));
    }
    let page = html::render_difference(&pair.0, &pair.1, DifferenceOptions::default(), &HtmlOptions::default());
    assert!(page.contains("<title>&lt;title&gt; &amp; &quot;more&quot;"));
    assert_eq!(page.matches("<script").count(), 2, "the viewer and the data");
    let table = difference_table(&pair.0, &pair.1, &DifferenceTableOptions::default(), &TextStyle::default());
    assert!(!table.contains('\u{202e}') && table.lines().count() < 20, "{table}");
    insta::assert_snapshot!(difference_csv(&pair.0, &pair.1, 0.0).replace(['\r', '\u{202e}'], ""), @r#"
    function,state,self before,self after,self change,total before,total after,total change
    """><img src=x onerror=alert(1)>",vanished,5,0,-5,5,0,-5
    </script><script>alert(1)</script>,vanished,5,0,-5,5,0,-5
    ]]><b>&amp;,vanished,5,0,-5,5,0,-5
    "a|b`c,""d""
    ",appeared,0,5,5,0,5,5
    {{PAYLOAD}}(parenthesis,appeared,0,5,5,0,5,5
    "#);
    insta::assert_snapshot!(difference_markdown(&pair.0, &pair.1, 9, 0.0), @r#"
    \<b>cpu\</b>: 15 j(o)ules\<i> before, 10 j(o)ules\<i> after (-5 j(o)ules\<i>, -33.3%); nothing is scaled.

    | function | self before | self after | self change | | total change | |
    |:--|--:|--:|--:|--:|--:|--:|
    | `"><img src=x onerror=alert(1)>` | 33.3% | – | -5 j(o)ules\<i> | gone | -5 j(o)ules\<i> | gone |
    | `</script><script>alert(1)</script>` | 33.3% | – | -5 j(o)ules\<i> | gone | -5 j(o)ules\<i> | gone |
    | `]]><b>&amp;` | 33.3% | – | -5 j(o)ules\<i> | gone | -5 j(o)ules\<i> | gone |
    | `` a\|b`c,"d"␊⟨U+202E⟩ `` | – | 50.0% | +5 j(o)ules\<i> | new | +5 j(o)ules\<i> | new |
    | `{{PAYLOAD}}(parenthesis` | – | 50.0% | +5 j(o)ules\<i> | new | +5 j(o)ules\<i> | new |
    "#);
    let json: serde_json::Value = serde_json::from_str(&difference_json(&pair.0, &pair.1, 0.0)).expect("JSON");
    assert_eq!(json["functions"].as_array().map(Vec::len), Some(5));
    assert_eq!(json["unit"], "j(o)ules<i>");
}

#[test]
fn nothing_to_draw_is_said() {
    let stack: [(&[&str], i64); 1] = [(&["m"], 4)];
    let same = compare(&ValueType::samples(), &stack, &stack);
    let by_delta = DifferenceOptions { by: WidthBy::Delta, ..DifferenceOptions::default() };
    assert!(picture(&same, by_delta).contains("No difference, so that no box has a width."));
    assert!(picture(&same, DifferenceOptions::default()).contains("no difference"));
    let empty = compare(&ValueType::samples(), &[], &[]);
    let drawn = picture(&empty, DifferenceOptions::default());
    assert!(drawn.contains("Nothing to draw") && boxes(&drawn).is_empty());
    let table = difference_table(&empty.0, &empty.1, &DifferenceTableOptions::default(), &TextStyle::default());
    insta::assert_snapshot!(table, @"
    samples: 0 samples before, 0 samples after (0 samples)
    nothing is scaled; shares are of each side's total
    no difference
    ");
    let one_side = compare(&ValueType::samples(), &[], &stack);
    let table = difference_table(&one_side.0, &one_side.1, &DifferenceTableOptions::default(), &TextStyle::default());
    insta::assert_snapshot!(table, @"
    samples: 0 samples before, 4 samples after (+4 samples)
    nothing is scaled; shares are of each side's total

    Greatest changes of self: 1
    before  after      change       function
         –   100%  +4 samples  new  m

    Greatest changes of total (with what they call): 1
    before  after      change       function
         –   100%  +4 samples  new  m
    ");
}

#[test]
fn absurd_options_give_a_picture_all_the_same() {
    let pair = small();
    for min_width in [MinWidth::Pixels(f64::NAN), MinWidth::Pixels(1e9), MinWidth::Percent(-1.0)] {
        let options =
            SvgOptions { width: 0, font_size: f64::NAN, frame_height: -3.0, min_width, ..SvgOptions::default() };
        let picture = svg::render_difference(&pair.0, &pair.1, DifferenceOptions::default(), &options);
        assert!(!boxes(&picture).is_empty() && !picture.contains("NaN"), "{min_width:?}");
    }
}

#[test]
fn terminals_without_unicode_get_ascii() {
    let pair = small();
    let style = TextStyle { color: true, unicode: false, width: 60 };
    let table = difference_table(&pair.0, &pair.1, &DifferenceTableOptions { limit: 2, minimum: 0.0 }, &style);
    assert!(table.is_ascii(), "{table}");
    assert!(table.contains("\u{1b}[38;5;75m") && table.contains("gone"), "{table}");
}
