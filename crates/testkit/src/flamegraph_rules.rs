//! What `flamegraph.pl` draws, from the rules of its behaviour: an oracle for pictures that are to be the same.
//!
//! Everything is done in the plainest way, from text to texts: a box is a longest run of neighbouring lines that begin
//! with the same frames, and its attributes are formatted by the standard library. The rules were found by running
//! the script (commit 41fee1f) and comparing all that it draws.

use std::collections::HashMap;

/// The options that decide about boxes, under the names of the script.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Width of the picture.
    pub width: f64,
    /// Height of a box.
    pub height: f64,
    /// Size of the font.
    pub fontsize: f64,
    /// As written: pixels, or a percentage with its sign.
    pub minwidth: String,
    /// What the whole width stands for; 0 for the sum.
    pub total: f64,
    /// Factor of shown counts.
    pub factor: f64,
    /// Name of what is counted.
    pub countname: String,
    /// Name of the palette.
    pub colors: String,
    /// Colours by first letters.
    pub hash: bool,
    /// Stacks from the leaf.
    pub reverse: bool,
    /// Root at the top.
    pub inverted: bool,
    /// Lines as they come.
    pub flamechart: bool,
    /// Colours of more and less change places.
    pub negate: bool,
    /// Whether there is a second line under the heading.
    pub subtitle: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            width: 1200.0,
            height: 16.0,
            fontsize: 12.0,
            minwidth: "0.1".to_owned(),
            total: 0.0,
            factor: 1.0,
            countname: "samples".to_owned(),
            colors: "hot".to_owned(),
            hash: false,
            reverse: false,
            inverted: false,
            flamechart: false,
            negate: false,
            subtitle: false,
        }
    }
}

/// A box, as its attributes are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rectangle {
    /// Name and amounts.
    pub title: String,
    /// Left edge.
    pub x: String,
    /// Upper edge.
    pub y: String,
    /// Width.
    pub width: String,
    /// Colour.
    pub fill: String,
}

/// A line that counts.
struct Counted {
    frames: Vec<String>,
    old: Option<f64>,
    new: f64,
}

/// A box before it has a place.
struct Run {
    name: String,
    depth: usize,
    start: f64,
    end: f64,
    delta: Option<f64>,
}

impl Rules {
    /// The boxes of folded text, sorted. None when there is nothing to draw.
    #[must_use]
    pub fn rectangles(&self, folded: &str) -> Vec<Rectangle> {
        let lines = self.lines(folded);
        let sum: f64 = lines.iter().map(|line| line.new).sum();
        if sum == 0.0 {
            return Vec::new();
        }
        let whole = if self.total >= sum { self.total } else { sum };
        let most = lines.iter().filter_map(|line| Some((line.new - line.old?).abs())).fold(1.0, f64::max);
        let pixels_per_unit = (self.width - 20.0) / whole;
        let narrowest = match self.minwidth.strip_suffix('%') {
            Some(percent) => whole * number(percent) / 100.0,
            None => number(&self.minwidth) / pixels_per_unit,
        };
        let mut runs = runs_of(&lines);
        runs.retain(|run| run.end - run.start >= narrowest);
        let deepest = runs.iter().map(|run| run.depth).max().unwrap_or(0) as f64;
        let above = 3.0 * self.fontsize;
        let below = 2.0 * self.fontsize + 10.0;
        let image =
            (deepest + 1.0) * self.height + above + below + if self.subtitle { 2.0 * self.fontsize } else { 0.0 };
        let mut rectangles: Vec<Rectangle> = runs
            .iter()
            .map(|run| {
                let depth = run.depth as f64;
                let end = if run.depth == 0 { whole } else { run.end };
                let y = if self.inverted {
                    above + depth * self.height
                } else {
                    image - below - (depth + 1.0) * self.height + 1.0
                };
                let x1 = format!("{:.1}", 10.0 + run.start * pixels_per_unit);
                let x2 = format!("{:.1}", 10.0 + end * pixels_per_unit);
                let width = number(&x2) - number(&x1);
                Rectangle {
                    title: self.title(run, end, whole),
                    x: x1,
                    y: format!("{}", printed(y)),
                    width: format!("{width:.1}"),
                    fill: self.fill(&run.name, run.delta, most),
                }
            })
            .collect();
        rectangles.sort();
        rectangles
    }

    fn lines(&self, folded: &str) -> Vec<Counted> {
        let mut texts: Vec<String> =
            folded.split_inclusive('\n').map(|line| self.turned(line.strip_suffix('\n').unwrap_or(line))).collect();
        if !self.flamechart {
            texts.sort();
        }
        let counted = texts.iter().filter_map(|text| {
            let (stack, old, new) = parts(text)?;
            let stack = if self.colors == "chain" { chained(stack) } else { stack.to_owned() };
            let frames = split(&stack, ";").into_iter().map(str::to_owned).collect();
            Some(Counted { frames, old: old.map(number), new: number(new) })
        });
        counted.collect()
    }

    fn turned(&self, line: &str) -> String {
        if !self.reverse {
            return line.to_owned();
        }
        let Some((stack, old, new)) = parts(line) else { return String::new() };
        let mut frames = split(stack, ";");
        frames.reverse();
        let old = old.map_or_else(String::new, |old| format!("{old} "));
        format!("{} {old}{new}", frames.join(";"))
    }

    fn title(&self, run: &Run, end: f64, whole: f64) -> String {
        let samples = format!("{:.0}", (end - run.start) * self.factor);
        let grouped = with_commas(&samples);
        if run.depth == 0 {
            return format!("all ({grouped} {}, 100%)", self.countname);
        }
        let percent = 100.0 * number(&samples) / (whole * self.factor);
        let name = ["_[k]", "_[w]", "_[i]", "_[j]"].iter().find_map(|mark| run.name.strip_suffix(mark));
        let name = name.unwrap_or(&run.name);
        let delta = run.delta.map(|delta| {
            let delta = if self.negate { -delta } else { delta };
            let sign = if delta > 0.0 { "+" } else { "" };
            // A negative zero has no sign in the script.
            format!("; {sign}{:.2}%", 100.0 * (delta + 0.0) / (whole * self.factor))
        });
        format!("{name} ({grouped} {}, {percent:.2}%{})", self.countname, delta.unwrap_or_default())
    }

    fn fill(&self, name: &str, delta: Option<f64>, most: f64) -> String {
        let (red, green, blue) = match (name, delta) {
            ("--", _) => (160.0, 160.0, 160.0),
            ("-", _) => (200.0, 200.0, 200.0),
            (_, Some(delta)) => {
                let delta = if self.negate { -delta } else { delta };
                let pale = 210.0 * (most - delta.abs()) / most;
                match delta {
                    delta if delta > 0.0 => (255.0, pale, pale),
                    delta if delta < 0.0 => (pale, pale, 255.0),
                    _ => (255.0, 255.0, 255.0),
                }
            }
            _ => self.mixed(name),
        };
        format!("rgb({},{},{})", red.trunc(), green.trunc(), blue.trunc())
    }

    fn mixed(&self, name: &str) -> (f64, f64, f64) {
        let (v1, v2, v3) = if self.hash {
            let backwards: String = name.chars().rev().collect();
            (weighted(name), weighted(&backwards), weighted(&backwards))
        } else {
            let value = first_of_drand48(name.chars().map(|character| u64::from(u32::from(character))).sum());
            (value, value, value)
        };
        let flat = match self.colors.as_str() {
            "java" => java(name),
            "js" => js(name),
            "perl" => perl(name),
            "wakeup" => "aqua",
            "chain" if name.contains("_[w]") => "aqua",
            "chain" => "blue",
            other => other,
        };
        match flat {
            "hot" => (205.0 + 50.0 * v3, 230.0 * v1, 55.0 * v2),
            "mem" => (0.0, 190.0 + 50.0 * v2, 210.0 * v1),
            "io" => (80.0 + 60.0 * v1, 80.0 + 60.0 * v1, 190.0 + 55.0 * v2),
            "red" => (200.0 + 55.0 * v1, 50.0 + 80.0 * v1, 50.0 + 80.0 * v1),
            "green" => (50.0 + 60.0 * v1, 200.0 + 55.0 * v1, 50.0 + 60.0 * v1),
            "blue" => (80.0 + 60.0 * v1, 80.0 + 60.0 * v1, 205.0 + 50.0 * v1),
            "yellow" => (175.0 + 55.0 * v1, 175.0 + 55.0 * v1, 50.0 + 20.0 * v1),
            "purple" => (190.0 + 65.0 * v1, 80.0 + 60.0 * v1, 190.0 + 65.0 * v1),
            "aqua" => (50.0 + 60.0 * v1, 165.0 + 55.0 * v1, 165.0 + 55.0 * v1),
            "orange" => (190.0 + 65.0 * v1, 90.0 + 65.0 * v1, 0.0),
            _ => (0.0, 0.0, 0.0),
        }
    }
}

/// Every longest run of neighbouring lines that begin with the same frames.
fn runs_of(lines: &[Counted]) -> Vec<Run> {
    let mut position = vec![0.0];
    for line in lines {
        position.push(position.last().map_or(0.0, |last| last + line.new));
    }
    let deepest = lines.iter().map(|line| line.frames.len()).max().unwrap_or(0);
    // Of runs with the same name, depth and end the last one stays, with the change of an earlier one if it has none.
    let mut places: HashMap<(String, usize, String), usize> = HashMap::new();
    let mut runs: Vec<Run> = Vec::new();
    for depth in 0..=deepest {
        let mut first = 0;
        while first < lines.len() {
            let Some(prefix) = lines[first].frames.get(..depth) else {
                first += 1;
                continue;
            };
            let same = lines[first..].iter().take_while(|line| line.frames.get(..depth) == Some(prefix)).count();
            let line = &lines[first];
            let change = line.old.map(|old| if line.frames.len() == depth { line.new - old } else { 0.0 });
            let run = Run {
                name: prefix.last().cloned().unwrap_or_default(),
                depth,
                start: position[first],
                end: printed(position[first + same]),
                delta: change,
            };
            let place = (run.name.clone(), depth, run.end.to_string());
            if let Some(&place) = places.get(&place) {
                let earlier = runs[place].delta;
                runs[place] = Run { delta: run.delta.or(earlier), ..run };
            } else {
                places.insert(place, runs.len());
                runs.push(run);
            }
            first += same;
        }
    }
    runs
}

/// Stack, and one or two counts.
fn parts(line: &str) -> Option<(&str, Option<&str>, &str)> {
    let (rest, last) = count_at_end(line)?;
    match count_at_end(rest) {
        Some((stack, old)) => Some((stack, Some(old), last)),
        None => Some((rest, None, last)),
    }
}

fn count_at_end(text: &str) -> Option<(&str, &str)> {
    let word = text.rsplit(char::is_whitespace).next()?;
    let before = text[..text.len() - word.len()].char_indices().last()?.0;
    let mut halves = word.splitn(2, '.');
    let digits = |text: &str| text.chars().all(|character| character.is_ascii_digit());
    let whole = halves.next()?;
    (!whole.is_empty() && digits(whole) && digits(halves.next().unwrap_or(""))).then(|| (&text[..before], word))
}

/// Pieces of a text; empty ones at the end do not count.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut pieces: Vec<&str> = text.split(separator).collect();
    while pieces.last() == Some(&"") {
        pieces.pop();
    }
    pieces
}

fn chained(stack: &str) -> String {
    let pieces = split(stack, ";--;");
    let mut result = format!("{};--;", pieces.first().unwrap_or(&""));
    let wakers = pieces.iter().skip(1);
    let wakers: Vec<String> = wakers
        .map(|piece| piece.split(';').map(|frame| format!("{frame}_[w]")).collect::<Vec<_>>().join(";"))
        .collect();
    result.push_str(&wakers.join(";--;"));
    result
}

/// A number as it is after it was printed with 15 significant digits.
fn printed(value: f64) -> f64 {
    number(&format!("{value:.14e}"))
}

fn number(text: &str) -> f64 {
    text.parse().expect("only numbers are asked for")
}

fn with_commas(digits: &str) -> String {
    let mut result = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    result
}

/// The first number of the generator of POSIX for a seed.
fn first_of_drand48(seed: u64) -> f64 {
    let start = u128::from(seed % (1 << 32)) * 65_536 + 0x330E;
    ((start * 0x5_DEEC_E66D + 0xB) % (1 << 48)) as f64 / 281_474_976_710_656.0
}

fn weighted(name: &str) -> f64 {
    let characters: Vec<char> = name.chars().collect();
    let behind_module = characters.iter().skip(1).position(|&character| character == '`').map_or(0, |tick| tick + 2);
    let mut vector = 0.0;
    let mut weight = 1.0;
    let mut most = 1.0;
    for (index, &character) in characters[behind_module..].iter().take(3).enumerate() {
        let modulus = 10 + index as u32;
        vector += f64::from(u32::from(character) % modulus) / f64::from(modulus - 1) * weight;
        most += weight;
        weight *= 0.70;
    }
    1.0 - vector / most
}

fn java(name: &str) -> &'static str {
    let plain = name.strip_prefix('L').unwrap_or(name);
    let starts = ["java/", "javax/", "jdk/", "net/", "org/", "com/", "io/", "sun/"];
    match name {
        _ if name.ends_with("_[j]") => "green",
        _ if name.ends_with("_[i]") => "aqua",
        _ if starts.iter().any(|start| plain.starts_with(start) || name.starts_with(start)) => "green",
        _ if name.contains(":::") => "green",
        _ if name.contains("::") => "yellow",
        _ if name.ends_with("_[k]") => "orange",
        _ => "red",
    }
}

fn js(name: &str) -> &'static str {
    let behind_slash = name.split_once('/').map_or("", |(_, rest)| rest);
    match name {
        _ if name.ends_with("_[j]") && name.contains('/') => "green",
        _ if name.ends_with("_[j]") => "aqua",
        _ if name.contains("::") => "yellow",
        _ if behind_slash.contains(".js") => "green",
        _ if name.contains(':') => "aqua",
        " " => "green",
        _ if name.contains("_[k]") => "orange",
        _ => "red",
    }
}

fn perl(name: &str) -> &'static str {
    match name {
        _ if name.contains("::") => "yellow",
        _ if name.contains("Perl") || name.contains(".pl") => "green",
        _ if name.ends_with("_[k]") => "orange",
        _ => "red",
    }
}
