//! One file per method: its paper, its defaults, and what in them is inferred.

mod disco;
mod disco_diifi;
mod fico;
mod fico_no_atta;
mod gnl;
mod gnl_no_atta;
mod rd;
mod rd_atta;

pub use disco::Disco;
pub use disco_diifi::DiscoDiifi;
pub use fico::Fico;
pub use fico_no_atta::FicoNoAtta;
pub use gnl::Gnl;
pub use gnl_no_atta::GnlNoAtta;
pub use rd::Rd;
pub use rd_atta::RdAtta;
