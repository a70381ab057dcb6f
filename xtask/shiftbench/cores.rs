//! How many things this machine does at once.

use harness::contract::device::DeviceChoice;
use std::thread::available_parallelism;

/// How many threads run at once here.
pub fn cores() -> usize {
    available_parallelism().map_or(1, Into::into)
}

/// How many jobs, if nobody says otherwise: one thread each wins over few jobs with many threads; a GPU is not shared.
pub fn slots(device: DeviceChoice) -> usize {
    match device {
        DeviceChoice::Cpu => cores(),
        DeviceChoice::Cuda(_) => 1,
    }
}
