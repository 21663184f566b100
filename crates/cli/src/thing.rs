//! What a bare argument stands for.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use firesteel_capture::fetch;
use firesteel_capture::perf::find_program;

use crate::error::CommandError;

/// What is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    /// A command to run and record.
    Command(Vec<OsString>),
    /// A process to attach to.
    Process(u32),
    /// A service to fetch from.
    Service(String),
    /// A profile to read, or three and more to be merged; `-` is standard input.
    Profiles(Vec<PathBuf>),
    /// Two profiles to be compared, that before and that after.
    Comparison(PathBuf, PathBuf),
}

impl Thing {
    /// Judges the arguments: the first decides, unless a `--` said that a command follows.
    pub(crate) fn judge(things: &[OsString], is_command: bool) -> Result<Self, CommandError> {
        let Some(first) = things.first() else {
            return Err(CommandError::usage(
                "nothing to look at",
                "give a program (`firesteel ./app`), a pid, a URL (`http://host:6060`) or a profile; `firesteel --help` tells more",
            ));
        };
        if is_command {
            return Ok(Self::Command(things.to_vec()));
        }
        let path = Path::new(first);
        if first.len() > 1 && first.as_encoded_bytes()[0] == b'-' {
            return Err(CommandError::usage(
                format!("unknown option `{}`", first.to_string_lossy()),
                "`firesteel --help` lists the options; those of the program go behind its name",
            ));
        }
        if first == OsStr::new("-") || is_profile_file(path) {
            return Self::profiles(things);
        }
        if path.is_file() {
            return Ok(Self::Command(things.to_vec()));
        }
        let text = first.to_string_lossy();
        if let Ok(process) = text.parse::<u32>() {
            return single(things, Self::Process(process));
        }
        if fetch::Target::is_likely(&text) {
            return single(things, Self::Service(text.into_owned()));
        }
        if path.components().count() == 1 && find_program(path).is_some() {
            return Ok(Self::Command(things.to_vec()));
        }
        Err(CommandError::usage(
            format!("`{text}` is no file, program, pid or URL"),
            "a program in this directory is written `./NAME`; a service `http://host:port`",
        ))
    }

    fn profiles(things: &[OsString]) -> Result<Self, CommandError> {
        let paths: Vec<PathBuf> = things.iter().map(PathBuf::from).collect();
        match paths.iter().find(|path| path.as_os_str() != "-" && !path.is_file()) {
            Some(missing) => Err(CommandError::usage(
                format!("no file `{}`", missing.display()),
                "the argument behind a profile is one to compare it with; three and more are merged",
            )),
            None => Ok(match &paths[..] {
                [before, after] => Self::Comparison(before.clone(), after.clone()),
                _ => Self::Profiles(paths),
            }),
        }
    }
}

fn single(things: &[OsString], thing: Thing) -> Result<Thing, CommandError> {
    match things.get(1) {
        None => Ok(thing),
        Some(extra) => Err(CommandError::usage(
            format!("unexpected `{}` behind `{}`", extra.to_string_lossy(), things[0].to_string_lossy()),
            "options go in front: `firesteel -d 10s 1234`",
        )),
    }
}

/// A file that is not a program: neither ELF nor a script nor marked executable.
fn is_profile_file(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else { return false };
    if !metadata.is_file() {
        // A named pipe, as `<(…)` makes, is read.
        return !metadata.is_dir();
    }
    let mut head = [0u8; 4];
    let read = File::open(path).and_then(|mut file| file.read(&mut head)).unwrap_or(0);
    let is_program = head[..read].starts_with(b"\x7fELF") || head[..read].starts_with(b"#!");
    let is_executable = metadata.permissions().mode() & 0o111 != 0;
    !(is_program && is_executable)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn judge(things: &[&str]) -> Result<Thing, String> {
        let things: Vec<OsString> = things.iter().map(OsString::from).collect();
        Thing::judge(&things, false).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_argument_decides() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("app");
        fs::write(&program, b"\x7fELF...").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let profile = folder.path().join("cpu.pb.gz");
        fs::write(&profile, b"\x1f\x8b").unwrap();
        let (program, profile) = (program.to_str().unwrap(), profile.to_str().unwrap());

        assert_eq!(judge(&[program, "-v"]), Ok(Thing::Command(vec![program.into(), "-v".into()])));
        assert_eq!(judge(&[profile]), Ok(Thing::Profiles(vec![profile.into()])));
        assert_eq!(judge(&[profile, "-"]), Ok(Thing::Comparison(profile.into(), "-".into())));
        assert_eq!(judge(&["-", profile]), Ok(Thing::Comparison("-".into(), profile.into())));
        assert_eq!(judge(&[profile; 3]), Ok(Thing::Profiles(vec![profile.into(); 3])));
        assert_eq!(judge(&["1234"]), Ok(Thing::Process(1234)));
        assert_eq!(judge(&["http://host:6060"]), Ok(Thing::Service("http://host:6060".into())));
        assert_eq!(judge(&["localhost:6060"]), Ok(Thing::Service("localhost:6060".into())));
        assert_eq!(judge(&["sh", "-c", "true"]), Ok(Thing::Command(vec!["sh".into(), "-c".into(), "true".into()])));
        assert!(judge(&["--colour"]).unwrap_err().contains("unknown option"));
        assert!(judge(&["1234", "5"]).unwrap_err().contains("unexpected `5`"));
        assert!(judge(&["no-such-thing"]).unwrap_err().contains("is no file, program, pid or URL"));
        assert!(judge(&[profile, "absent"]).unwrap_err().contains("no file `absent`"));
        assert!(judge(&[]).is_err());
    }
}
