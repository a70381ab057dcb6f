//! `cargo xtask`: a thin door that compiles in a second, builds the command line and becomes it.
//!
//! Kept apart from the heavy program so that the alias answers at once and a method that does not
//! compile breaks only what needs it.

mod cuda;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("cuda") => build_cuda(&arguments[1..]),
        _ => run(&arguments),
    };
    outcome.unwrap_or_else(|message| {
        eprintln!("error: {message}");
        ExitCode::from(2)
    })
}

/// Builds the program, unless it is fresh, and runs it.
fn run(arguments: &[String]) -> Result<ExitCode, String> {
    let asks_for_cuda =
        arguments.iter().any(|argument| argument.trim_start_matches("--device=").starts_with("cuda"));
    let with_cuda = cuda_target().join("debug/shiftbench");
    let program = if asks_for_cuda && with_cuda.is_file() {
        with_cuda
    } else {
        let program = target_folder()?.join("shiftbench");
        if !program.is_file() {
            eprintln!("building shiftbench; the first time takes ten to fifteen minutes on two cores");
        }
        let mut build = cargo();
        build.args(["build", "--package", "shiftbench", "--bin", "shiftbench"]);
        // Cargo's own progress is the progress; a fresh build says nothing.
        if program.is_file() {
            build.arg("--quiet");
        }
        if !succeeded(&mut build)? {
            return Ok(ExitCode::from(101));
        }
        program
    };
    let mut command = Command::new(&program);
    command.args(arguments).env("SHIFTBENCH_ROOT", root()).env("SHIFTBENCH_REVISION", revision());
    become_(command, &program)
}

/// `cargo xtask cuda [--stand-in]`: the program with CUDA support, in a target folder of its own.
fn build_cuda(arguments: &[String]) -> Result<ExitCode, String> {
    let target = cuda_target();
    let mut build = cargo();
    match arguments {
        [] => {}
        [flag] if flag == "--stand-in" => {
            let folder = cuda::stand_in(&target)?;
            build
                .arg("--config")
                .arg(format!("patch.crates-io.cubecl-llvm.path={:?}", folder.display().to_string()));
        }
        _ => {
            return Err(
                "usage: cargo xtask cuda [--stand-in]\n  --stand-in  for machines that reach only the \
                        package registries: kernels are compiled by NVRTC, LLVM is not downloaded"
                    .into(),
            );
        }
    }
    eprintln!("building shiftbench with CUDA in {}; about 46 CPU minutes from cold", target.display());
    build.args(["build", "--package", "shiftbench", "--bin", "shiftbench", "--features", "cuda"]);
    build.arg("--target-dir").arg(&target);
    // The stand-in changes the lock file; that is of no concern to anybody else.
    let lock = root().join("Cargo.lock");
    let kept = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let built = succeeded(&mut build);
    fs::write(&lock, kept).map_err(|error| format!("cannot put {} back: {error}", lock.display()))?;
    if !built? {
        return Ok(ExitCode::from(101));
    }
    eprintln!("built {}; `--device cuda:0` now uses it", target.join("debug/shiftbench").display());
    Ok(ExitCode::SUCCESS)
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn succeeded(command: &mut Command) -> Result<bool, String> {
    let status = command.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    Ok(status.success())
}

/// The workspace's root.
fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// Where cargo put this binary, and will put the other one.
fn target_folder() -> Result<PathBuf, String> {
    let myself = env::current_exe().map_err(|error| format!("cannot tell where this program is: {error}"))?;
    myself.parent().map(Path::to_owned).ok_or_else(|| "this program has no folder".into())
}

fn cuda_target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("cuda")
}

/// The source revision, for provenance.
fn revision() -> String {
    let output = Command::new("git").args(["describe", "--always", "--dirty"]).current_dir(root()).output();
    let text = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    text.map_or_else(|| "unknown".into(), |text| String::from_utf8_lossy(&text).trim().to_owned())
}

/// Replaces this process, so that signals reach the program directly.
#[cfg(unix)]
fn become_(mut command: Command, program: &Path) -> Result<ExitCode, String> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(format!("cannot start {}: {error}", program.display()))
}

#[cfg(not(unix))]
fn become_(mut command: Command, program: &Path) -> Result<ExitCode, String> {
    let status = command.status().map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}
