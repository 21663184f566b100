//! An example of a Java thread dump.

use firesteel_formats::Format;

use super::Example;

/// Printed by `jstack` of OpenJDK 17, with fewer threads.
pub(crate) fn example() -> Example {
    let body = "2026-11-24 09:32:52
Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1 mixed mode, sharing):

\"main\" #1 prio=5 os_prio=0 cpu=28.54ms elapsed=3.64s tid=0x00007f5258017ea0 nid=0x19a0 waiting on condition  [0x00007f525db1e000]
   java.lang.Thread.State: TIMED_WAITING (sleeping)
\tat java.lang.Thread.sleep(java.base@17.0.15/Native Method)
\tat Wait.main(Wait.java:15)

\"blocked\" #13 prio=5 os_prio=0 cpu=0.65ms elapsed=3.31s tid=0x00007f5258122d40 nid=0x19b3 waiting for monitor entry  [0x00007f522922b000]
   java.lang.Thread.State: BLOCKED (on object monitor)
\tat Wait.enter(Wait.java:6)
\t- waiting to lock <0x000000069ec19528> (a java.lang.Object)
\tat java.lang.Thread.run(java.base@17.0.15/Thread.java:840)

JNI global refs: 4, weak refs: 0

";
    Example { format: Format::Jstack, head: Vec::new(), body: body.into(), tail: Vec::new() }
}
