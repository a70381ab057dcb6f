//! The options of `external`.

use harness::contract::error::DetectorError;
use harness::options;
use serde_json::{Map, Value};
use std::time::Duration;

options! {
    /// What `external` is told.
    pub struct Options {
        /// The program and its arguments, such as ["python3", "my_padim.py"].
        pub command: Vec<String> = Vec::new() => training(),
        /// Files that its results depend on beside those that the command names: they are hashed.
        pub files: Vec<String> = Vec::new() => training(),
        /// Options that are passed on, as JSON: "{\"k\": 5}".
        pub options: String = "{}".into() => training(),
        /// Epochs it may train, for itself, where the protocol does not prescribe steps.
        pub epochs: Option<usize> = None => length(),
        /// Seconds that it may be silent.
        pub deadline: u64 = 600 => place().at_least(1),
    }
}

impl Options {
    /// Checks what can be known before it is started.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let wrong = |option, reason: String| Err(DetectorError::Option { option, reason });
        if self.command.first().is_none_or(String::is_empty) {
            let example = r#"name the program, such as command: ["python3", "my_detector.py"]"#;
            return wrong("command", example.into());
        }
        match serde_json::from_str::<Map<String, Value>>(&self.options) {
            Ok(_) => Ok(()),
            Err(reason) => {
                wrong("options", format!("is no JSON object ({reason}), such as \"{{\\\"k\\\": 5}}\""))
            }
        }
    }

    /// What is passed on.
    pub fn given(&self) -> Value {
        let mut given: Map<String, Value> = serde_json::from_str(&self.options).unwrap_or_default();
        if let Some(epochs) = self.epochs {
            given.insert("epochs".into(), epochs.into());
        }
        given.into()
    }

    /// How long it may be silent.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.deadline)
    }
}
