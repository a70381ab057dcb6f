//! A stand-in for the crate `cubecl-llvm`, so that CUDA support builds where no LLVM can be had.
//!
//! Why it exists: burn's CUDA backend (`cubecl-cuda`) can turn a kernel into GPU code in two ways:
//! through NVRTC, NVIDIA's own compiler, or through LLVM. It always builds the code of both, and
//! the build script of `cubecl-llvm` downloads a prebuilt LLVM from a GitHub release. A machine
//! that reaches only package registries cannot do that. The stand-in has the same name and version
//! and offers just what `cubecl-cuda` names. Nothing of the real crate is copied: two of its
//! modules need no LLVM, and the stand-in points at the files that cargo has already unpacked.
//!
//! What is lost: the way through LLVM. Kernels are compiled by NVRTC instead, which needs NVIDIA's
//! library and CUDA's headers where the program runs (not where it is built). For that, the
//! program must be built with the feature `cpp` of `cubecl-cuda`; without it everything builds, and
//! every kernel fails on the GPU with an error from here. With it, the real crate would compile no
//! kernel either.
//!
//! How it is used: never by default, only as a patch given on the command line,
//!
//! ```text
//! cargo --config 'patch.crates-io.cubecl-llvm.path="<folder>"' build --features cuda
//! ```
//!
//! Cargo writes the patch into `Cargo.lock` (LLVM's crates disappear from it), so whoever runs this
//! keeps a copy of that file and puts it back.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The crate we stand in for.
const NAME: &str = "cubecl-llvm";

/// The version this stand-in was written against. Another one may need other types in [`LIBRARY`].
const VERSION: &str = "0.11.3";

/// The folder below the target folder.
const FOLDER: &str = "cubecl-llvm-stand-in";

/// The modules used as they are: the placeholder in [`LIBRARY`], and the file in the real crate.
const MODULES: [(&str, &str); 2] =
    [("{ptx_version}", "src/nvptx/ptx_version.rs"), ("{lowered_features}", "src/shared/lowered_features.rs")];

/// The manifest. Its features are those other crates of cubecl may ask for, its dependencies some
/// of the real crate's, so that nothing new is resolved; `[workspace]` keeps it out of ours.
const MANIFEST: &str = r#"# Written by xtask (see cuda.rs there): edits are overwritten.
[package]
name = "cubecl-llvm"
version = "{version}"
edition = "2024"
publish = false

[workspace]

[features]
default = ["std"]
std = ["cubecl-core/std", "cubecl-runtime/std"]
nvptx = ["cubecl-core/nvidia"]
amdgpu = []
tracing = []
pliron-dump = []

[dependencies]
cubecl-core = { version = "{version}", default-features = false, features = ["amd", "std"] }
cubecl-environment = { version = "{version}", default-features = false }
cubecl-runtime = { version = "{version}", default-features = false, features = ["std"] }
"#;

/// The library: the names that `cubecl-cuda` uses, with the fields it reads and writes.
const LIBRARY: &str = r##"//! Stand-in for cubecl-llvm, without LLVM.
//! Written by xtask (see cuda.rs there): edits are overwritten.
#![allow(warnings)]

use cubecl_core::{CompilationError, Compiler, ir::nvidia::SmArch, prelude::KernelDefinition};
use cubecl_environment::backtrace::BackTrace;
use cubecl_runtime::kernel::BufferIOAttr;

pub mod nvptx {
    #[path = {ptx_version}]
    pub mod ptx_version;
}

pub mod shared {
    #[path = {lowered_features}]
    pub mod lowered_features;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LlvmTarget {
    #[default]
    Nvptx,
}

#[derive(Clone, Debug, Default)]
pub struct PlironCompiler {
    pub target: LlvmTarget,
}

#[derive(Clone, Debug, Default)]
pub struct PlironOptions {
    pub arch: Option<()>,
    pub sm_arch: Option<SmArch>,
    pub ptx_version: Option<nvptx::ptx_version::PtxVersion>,
    pub grid_constants: bool,
}

#[derive(Clone, Debug)]
pub struct NvptxModule {
    pub ptx: Vec<core::ffi::c_char>,
    pub entrypoint: String,
    pub ir: String,
    pub shared_memory_size: usize,
    pub io: Vec<BufferIOAttr>,
}

#[derive(Clone)]
pub enum PlironArtifact {
    NvptxCode(NvptxModule),
}

impl core::fmt::Display for PlironArtifact {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self::NvptxCode(module) = self;
        f.write_str(&module.ir)
    }
}

impl Compiler for PlironCompiler {
    type Representation = PlironArtifact;
    type CompilationOptions = PlironOptions;

    fn compile(
        &mut self,
        _: KernelDefinition,
        _: &PlironOptions,
    ) -> Result<PlironArtifact, CompilationError> {
        Err(CompilationError::Generic {
            reason: "this program was built without LLVM: build it again with the feature `cpp` \
                     of cubecl-cuda, so that NVRTC compiles the kernels"
                .into(),
            backtrace: BackTrace::capture(),
        })
    }

    fn extension(&self) -> &'static str {
        "ll"
    }

    fn lang_tag(&self) -> &'static str {
        "llvm"
    }
}
"##;

/// Writes the stand-in crate below `target_dir` and returns its folder, for the patch shown above.
///
/// Files that already hold the right text are not touched, so that nothing is rebuilt.
///
/// # Errors
///
/// A sentence that says what to do, when the source of the real crate is not found, has another
/// version than this module knows, or a file cannot be written.
pub fn stand_in(target_dir: &Path) -> Result<PathBuf, String> {
    let source = unpacked_source()?;
    let mut library = LIBRARY.to_owned();
    for (placeholder, file) in MODULES {
        let file = source.join(file);
        if !file.is_file() {
            return Err(format!(
                "{} is missing: remove the folder {} and run `cargo fetch`, which unpacks it again",
                file.display(),
                source.display()
            ));
        }
        // `{:?}` quotes as a Rust string literal does, the backslashes of Windows included.
        library = library.replace(placeholder, &format!("{file:?}"));
    }
    // One name for the folder, wherever the caller stands: cargo compares it between builds.
    let folder = std::path::absolute(target_dir.join(FOLDER)).map_err(|e| {
        format!("{} is no usable target folder ({e}): name another one", target_dir.display())
    })?;
    write_if_changed(&folder.join("Cargo.toml"), &MANIFEST.replace("{version}", VERSION))?;
    write_if_changed(&folder.join("src").join("lib.rs"), &library)?;
    Ok(folder)
}

/// The folder with the unpacked source of the real crate; cargo downloads it if need be.
fn unpacked_source() -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // `--locked`, so that a lock file left patched is noticed here and not silently resolved anew.
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--all-features", "--locked", "--quiet"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map_err(|e| format!("cannot start cargo ({e}): start this through `cargo xtask`"))?;
    if !output.status.success() {
        return Err(format!(
            "`cargo metadata --locked` failed. If a CUDA build was interrupted, put Cargo.lock back \
             (`git checkout Cargo.lock`); if you changed dependencies, run `cargo check` first. \
             Cargo says:\n{}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    manifest_folder(&String::from_utf8_lossy(&output.stdout))
}

/// Finds the crate's folder in the answer of `cargo metadata`, which is one long line of JSON.
///
/// Only a package has name and version side by side (a dependency has its source between them), and
/// the next manifest named is its own.
fn manifest_folder(metadata: &str) -> Result<PathBuf, String> {
    let start = format!(r#""name":"{NAME}","version":""#);
    let (_, package) = metadata.split_once(&start).ok_or_else(|| {
        format!("no crate here needs {NAME} any more: build `--features cuda` without a patch")
    })?;
    let version = package.split('"').next().unwrap_or_default();
    if version != VERSION {
        return Err(format!(
            "the stand-in was written for {NAME} {VERSION}, and Cargo.lock names {version}: compare \
             what cubecl-cuda uses of it with xtask's cuda.rs, and change VERSION there"
        ));
    }
    let manifest = package
        .split_once(r#""manifest_path":""#)
        .and_then(|(_, rest)| rest.split('"').next())
        // JSON doubles the backslashes of a Windows path.
        .map(|path| PathBuf::from(path.replace(r"\\", r"\")));
    manifest.as_deref().and_then(Path::parent).map(Path::to_path_buf).ok_or_else(|| {
        "cannot read the answer of `cargo metadata`: correct `manifest_folder` in xtask".to_owned()
    })
}

/// Writes `text` to `path`, and makes the folder first, unless the file already holds it.
fn write_if_changed(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|e| format!("cannot write {} ({e}): check permissions and space", path.display()))
}
