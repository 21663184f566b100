//! An example of gdb's backtraces.

use firesteel_formats::Format;

use super::Example;

/// Printed by gdb 13 for `thread apply all bt`, with shorter arguments.
pub(crate) fn example() -> Example {
    let head = "[New LWP 32201]\n[Thread debugging using libthread_db enabled]\n";
    let body = "
Thread 2 (Thread 0x7f425ab406c0 (LWP 32201) \"waits\"):
#0  0x00007f425ac13545 in __GI___clock_nanosleep (clock_id=clock_id@entry=0) at ../sysdeps/unix/sysv/linux/clock_nanosleep.c:48
#1  0x000055d28045219c in wait_here (a=0x0) at call.c:12
#2  0x00007f425abcd1f5 in start_thread (arg=<optimized out>) at ./nptl/pthread_create.c:442

Thread 1 (Thread 0x7f425ab41740 (LWP 32199) \"call\"):
#0  0x00007f425ac17d8a in __sleep (seconds=0, seconds@entry=100) at ../sysdeps/posix/sleep.c:55
#1  0x000055d2804522bc in main (argc=2, argv=<optimized out>) at call.c:13
";
    let tail = "[Inferior 1 (process 32199) detached]\n";
    Example { format: Format::Gdb, head: head.into(), body: body.into(), tail: tail.into() }
}
