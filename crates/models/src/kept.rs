//! What the user set about the hub, kept in `hub.toml` of Kenning's data folder; the token stands in the
//! system's keyring and never in a file of ours.

use std::env;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::GetError;
use crate::getting::Settings;
use crate::stage::write_whole;

/// In Kenning's data folder.
const FILE_NAME: &str = "hub.toml";
/// Under which the keyring knows the token.
const SERVICE: &str = "kenning";
const USER: &str = "hub token";

/// What is set, and stays.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HubSettings {
    /// Another hub, or a mirror.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Megabytes in a second, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// Whether the keyring has a token: it may ask the user before it tells, and is asked only where it has.
    pub token_in_keyring: bool,
}

impl HubSettings {
    /// As they were kept; where nothing was, as they are at first.
    pub fn load(data: &Path) -> Result<Self, GetError> {
        let file = data.join(FILE_NAME);
        match fs::read_to_string(&file) {
            Ok(text) => toml::from_str(&text).map_err(|error| GetError::BadSettings {
                file,
                reason: error.message().replace('\n', " "),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(GetError::unread(&file)(error)),
        }
    }

    pub fn save(&self, data: &Path) -> Result<(), GetError> {
        self.check()?;
        fs::create_dir_all(data).map_err(GetError::disk(data))?;
        let file = data.join(FILE_NAME);
        let failed = |error: toml::ser::Error| GetError::disk(&file)(io::Error::other(error));
        let text = toml::to_string(self).map_err(failed)?;
        write_whole(&file, text.as_bytes()).map_err(GetError::disk(&file))
    }

    fn check(&self) -> Result<(), GetError> {
        for address in self.endpoint.iter().chain(&self.proxy) {
            let is_address = address.split_once("://").is_some_and(|(scheme, host)| {
                matches!(scheme, "http" | "https") && !host.is_empty()
            });
            if !is_address || address.contains(char::is_whitespace) {
                return Err(GetError::BadAddress(address.clone()));
            }
        }
        match self.limit {
            Some(limit) if !(limit.is_finite() && limit > 0.0) => Err(GetError::BadLimit),
            _ => Ok(()),
        }
    }

    /// Puts the token into the system's keyring, or takes it out.
    pub fn keep_token(&mut self, token: Option<&str>, data: &Path) -> Result<(), GetError> {
        let token = token.map(str::trim).filter(|token| !token.is_empty());
        match token {
            Some(token) => entry()?.set_password(token).map_err(trouble)?,
            None if self.token_in_keyring => match entry()?.delete_credential() {
                Ok(()) | Err(keyring::Error::NoEntry) => {}
                Err(error) => return Err(trouble(error)),
            },
            None => {}
        }
        self.token_in_keyring = token.is_some();
        self.save(data)
    }

    /// With what the environment says, which comes first: `HF_ENDPOINT`, `HF_TOKEN`, and what the hub's own
    /// tools keep. Where the keyring does not give its token, why.
    pub fn settings(&self) -> (Settings, Option<GetError>) {
        let given = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let known = Settings::default();
        let (mut token, mut missing) = (given("HF_TOKEN"), None);
        if token.is_none() && self.token_in_keyring {
            match entry().and_then(|entry| entry.get_password().map_err(trouble)) {
                Ok(kept) => token = Some(kept),
                Err(error) => missing = Some(error),
            }
        }
        let endpoint = given("HF_ENDPOINT").or_else(|| self.endpoint.clone());
        let settings = Settings {
            endpoint: endpoint.unwrap_or(known.endpoint),
            token: token.or_else(|| hf_hub::Cache::from_env().token()),
            proxy: self.proxy.clone(),
            limit: self.limit.map(|megabytes| (megabytes * 1e6).max(1.0) as u64),
            ..known
        };
        (settings, missing)
    }
}

fn entry() -> Result<keyring::Entry, GetError> {
    keyring::Entry::new(SERVICE, USER).map_err(trouble)
}

fn trouble(error: keyring::Error) -> GetError {
    GetError::Keyring(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_there_again_and_nonsense_is_refused() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(HubSettings::load(data.path()).unwrap(), HubSettings::default());
        let set = HubSettings {
            endpoint: Some("https://mirror.example".to_owned()),
            proxy: Some("http://proxy.example:3128".to_owned()),
            limit: Some(2.5),
            token_in_keyring: false,
        };
        set.save(data.path()).unwrap();
        assert_eq!(HubSettings::load(data.path()).unwrap(), set);
        let (settings, missing) = set.settings();
        assert_eq!(settings.proxy.as_deref(), Some("http://proxy.example:3128"));
        assert_eq!((settings.limit, missing.is_none()), (Some(2_500_000), true));
        for address in ["mirror.example", "ftp://mirror.example", "https://", "http://a b"] {
            let bad = HubSettings { endpoint: Some(address.to_owned()), ..HubSettings::default() };
            assert!(matches!(bad.save(data.path()), Err(GetError::BadAddress(_))), "{address}");
        }
        for limit in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let bad = HubSettings { limit: Some(limit), ..HubSettings::default() };
            assert!(matches!(bad.save(data.path()), Err(GetError::BadLimit)), "{limit}");
        }
        assert_eq!(HubSettings::load(data.path()).unwrap(), set);
        fs::write(data.path().join(FILE_NAME), "endpunkt = 1").unwrap();
        let error = HubSettings::load(data.path()).unwrap_err().to_string();
        assert!(error.contains(FILE_NAME) && error.contains("endpunkt"), "{error}");
    }
}
