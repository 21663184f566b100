//! Text that looks a little like a format is not taken for it.

use firesteel_formats::{Format, detect};

#[test]
fn what_is_alike_is_told_apart() {
    let check = |text: &str, expect: Option<Format>| assert_eq!(detect(text.as_bytes()).ok(), expect, "{text:?}");
    // Folded stacks with the words of other formats.
    check("@plt;main 5\n", Some(Format::Folded));
    check("P1;Thread;main 5\n", Some(Format::Folded));
    check("thread (32545): MainThread;<module> (hot.py:21);join (threading.py:1119) 3\n", Some(Format::Folded));
    check("genunix`open;unix`sys_syscall 3\n", Some(Format::Folded));
    check("fn=main;work 5\n", Some(Format::Folded));
    check("\"main\";java.lang.Thread.run 5\n", Some(Format::Folded));
    // Text that only resembles.
    check("See ``collections``:\n\n    ``one`` and `two`_\n", None);
    check("Traceback (most recent call last):\n  File \"x.py\", line 1, in <module>\n    f()\n", None);
    check("Exception in thread \"main\" java.lang.Error\n\tat Wait.main(Wait.java:5)\n", None);
    check("    #0 0x5581 in main /src/a.c:1\n    #1 0x7f11 in start (/lib/libc.so.6+0x2)\n", None);
    check("Thread 5 starts (now):\n", None);
    check("Level,Name,Value\nx,y,z\n", None);
    check("Function,Author\nmain,me\n", None);
    check("events: all of them\nfinally\n", None);
    check("@name[x] is an array\n", None);
    check("Call graph:\nnone\n", None);
    check("{\"program\": \"x\"}\n", None);
    check("MOJO is a format\n", None);
}
