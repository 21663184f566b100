//! An example of what Python's faulthandler prints.

use firesteel_formats::Format;

use super::Example;

/// Printed by Python 3.11, with shorter files.
pub(crate) fn example() -> Example {
    let body = "Timeout (0:00:01)!
Thread 0x00007fd0fedda6c0 (most recent call first):
  File \"/src/fh.py\", line 2 in waits
  File \"/lib/python3.11/threading.py\", line 982 in run

Thread 0x00007fd0ffc20b80 (most recent call first):
  File \"/src/fh.py\", line 3 in inner
  File \"/src/fh.py\", line 8 in main
  File \"/src/fh.py\", line 9 in <module>
";
    Example { format: Format::Faulthandler, head: Vec::new(), body: body.into(), tail: Vec::new() }
}
