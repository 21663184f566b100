//! An example of stacks of bcc's profile.

use firesteel_formats::Format;

use super::Example;

/// As `profile` of bcc prints it.
pub(crate) fn example() -> Example {
    let head = "Sampling at 49 Hertz of all threads by user + kernel stack... Hit Ctrl-C to end.\n^C\n";
    let body = "    __clear_user
    iov_iter_zero
    sys_read
    entry_SYSCALL_64_fastpath
    read
    -                dd (25036)
        4

    func_a
    main
    __libc_start_main
    [unknown]
    -                func_ab (13549)
        5

";
    Example { format: Format::Bcc, head: head.into(), body: body.into(), tail: Vec::new() }
}
