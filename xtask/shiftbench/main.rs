//! The program `shiftbench`.

fn main() -> std::process::ExitCode {
    shiftbench::main()
}
