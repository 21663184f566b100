use super::Example;

pub(crate) fn example() -> Option<Example> {
    None
}
