//! What a hub says of a repository.

use std::fmt;
use std::time::Duration;

use hf_hub::api::tokio::{Api, ApiBuilder, ApiRepo};
use hf_hub::{Repo, RepoType};
use reqwest::{Client, NoProxy, Proxy, Response, StatusCode};
use serde::Deserialize;

use crate::digest::Digest;
use crate::error::GetError;
use crate::getting::Settings;
use crate::pace::retry_after;

/// `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryName(String);

impl RepositoryName {
    pub fn parse(name: &str) -> Result<Self, GetError> {
        let fits = |part: &str| {
            !part.is_empty()
                && !part.starts_with(['.', '-'])
                && part.len() <= 96
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        match name.split_once('/') {
            Some((owner, own)) if fits(owner) && fits(own) => Ok(Self(name.to_owned())),
            _ => Err(GetError::NotAName(name.to_owned())),
        }
    }

    /// Whether a model may be called so: its folder is.
    pub(crate) fn is_name(name: &str) -> bool {
        !name.is_empty()
            && name.len() <= 96
            && !name.starts_with(['.', '-', ' '])
            && !name.contains(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c))
    }

    /// Without its owner.
    pub fn own(&self) -> &str {
        self.0.split('/').next_back().unwrap_or_default()
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository at one commit.
pub(crate) struct Listing {
    pub commit: String,
    pub files: Vec<Listed>,
    /// Empty where nothing is said.
    pub licence: String,
}

/// A file as far as the listing knows it; mirrors leave much out.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub path: String,
    pub bytes: Option<u64>,
    pub digest: Option<Digest>,
}

#[derive(Deserialize)]
struct Told {
    sha: String,
    #[serde(default)]
    siblings: Vec<Sibling>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    blob_id: Option<String>,
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    #[serde(alias = "oid")]
    sha256: Option<String>,
    size: Option<u64>,
}

pub(crate) struct Hub {
    api: Api,
    /// Follows where it is sent.
    pub client: Client,
    /// Answers with where it is sent.
    still: Client,
    pub endpoint: String,
    stall: Duration,
}

impl Hub {
    pub(crate) fn new(settings: &Settings) -> Result<Self, GetError> {
        let endpoint = settings.endpoint.trim_end_matches('/').to_owned();
        let stall = settings.patience.stall;
        let not_a_hub = |reason: String| GetError::NotAHub { host: endpoint.clone(), reason };
        let broken = |error: reqwest::Error| not_a_hub(words(&error));
        // Addresses come from this one; requests are sent by the clients below, which are all alike.
        let api = ApiBuilder::new().with_endpoint(endpoint.clone()).with_token(None).build();
        let api = api.map_err(|error| not_a_hub(error.to_string()))?;
        let mut headers = reqwest::header::HeaderMap::new();
        if let Some(token) = &settings.token {
            let value = format!("Bearer {token}").parse();
            let mut value: reqwest::header::HeaderValue =
                value.map_err(|_| GetError::Refused { host: endpoint.clone() })?;
            value.set_sensitive(true);
            headers.insert(reqwest::header::AUTHORIZATION, value);
        }
        let proxy = match &settings.proxy {
            Some(address) => {
                let proxy =
                    Proxy::all(address).map_err(|_| GetError::BadAddress(address.clone()))?;
                Some(proxy.no_proxy(NoProxy::from_env()))
            }
            None => None,
        };
        let builder = || {
            let agent = concat!("kenning/", env!("CARGO_PKG_VERSION"));
            let builder = Client::builder().user_agent(agent).default_headers(headers.clone());
            let builder = proxy.iter().fold(builder, |builder, proxy| builder.proxy(proxy.clone()));
            builder.connect_timeout(stall)
        };
        let client = builder().build().map_err(broken)?;
        let still =
            builder().redirect(reqwest::redirect::Policy::none()).build().map_err(broken)?;
        Ok(Self { api, client, still, endpoint, stall })
    }

    fn repository(&self, name: &RepositoryName, revision: &str) -> ApiRepo {
        let repo = Repo::with_revision(name.0.clone(), RepoType::Model, revision.to_owned());
        self.api.repo(repo)
    }

    /// Where a file is to be had.
    pub(crate) fn address(&self, name: &RepositoryName, commit: &str, file: &str) -> String {
        self.repository(name, commit).url(file)
    }

    /// The repository's commit and files.
    pub(crate) async fn list(
        &self,
        name: &RepositoryName,
        revision: &str,
    ) -> Result<Listing, Failure> {
        let request = self.repository(name, revision).info_request().query(&[("blobs", "true")]);
        let request =
            request.build().map_err(|error| Failure::Last(self.not_a_hub(words(&error))))?;
        let response = self.in_time(self.client.execute(request)).await?;
        let response = self.good(response, name, revision)?;
        let text = self.read(response).await?;
        let told: Told = serde_json::from_str(&text)
            .map_err(|error| Failure::Last(self.not_a_hub(error.to_string())))?;
        let files = told.siblings.into_iter().map(|sibling| {
            let lfs = sibling.lfs.as_ref();
            let large = lfs.and_then(|lfs| Digest::of_tag(lfs.sha256.as_deref()?));
            let small = || Digest::of_tag(sibling.blob_id.as_deref()?);
            Listed {
                bytes: lfs.and_then(|lfs| lfs.size).or(sibling.size),
                digest: if lfs.is_some() { large } else { small() },
                path: sibling.rfilename,
            }
        });
        let licence = told.tags.iter().find_map(|tag| tag.strip_prefix("license:"));
        let licence = licence.unwrap_or_default().to_owned();
        Ok(Listing { commit: told.sha, files: files.collect(), licence })
    }

    /// What the server says of a file when it is asked for it, where the listing did not.
    pub(crate) async fn look(
        &self,
        name: &RepositoryName,
        commit: &str,
        file: &str,
    ) -> Result<Listed, Failure> {
        let address = self.address(name, commit, file);
        let asked = |client: &Client| client.get(&address).header("Range", "bytes=0-0").send();
        // Where it is sent on, the first answer has the digest and the last one the length.
        let first = self.in_time(asked(&self.still)).await?;
        let first = match first.status().is_redirection() {
            true => first,
            false => self.good(first, name, commit)?,
        };
        let mut known = Listed { path: file.to_owned(), bytes: None, digest: None };
        known.take(&first);
        if known.bytes.is_none() {
            let last = self.in_time(asked(&self.client)).await?;
            known.take(&self.good(last, name, commit)?);
        }
        Ok(known)
    }

    /// The text of a small file.
    pub(crate) async fn text(
        &self,
        name: &RepositoryName,
        commit: &str,
        file: &str,
    ) -> Result<String, Failure> {
        let request = self.client.get(self.address(name, commit, file)).send();
        let response = self.in_time(request).await?;
        let response = self.good(response, name, commit)?;
        self.read(response).await
    }

    /// A body that ought to be small.
    async fn read(&self, mut response: Response) -> Result<String, Failure> {
        const MOST: usize = 16 << 20;
        let mut bytes = Vec::new();
        while let Some(chunk) = self.in_time(response.chunk()).await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST {
                return Err(Failure::Last(self.not_a_hub("it does not stop talking".to_owned())));
            }
        }
        String::from_utf8(bytes)
            .map_err(|_| Failure::Last(self.not_a_hub("it sends what is no text".to_owned())))
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(self.stall, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(_) => Err(self.again("it does not answer".to_owned())),
        }
    }

    fn again(&self, reason: String) -> Failure {
        Failure::Again {
            why: GetError::Offline { host: self.endpoint.clone(), reason },
            after: None,
        }
    }

    pub(crate) fn failed(&self, error: &reqwest::Error) -> Failure {
        if error.is_redirect() {
            return Failure::Last(GetError::Redirects { host: self.endpoint.clone() });
        }
        self.again(words(error))
    }

    fn not_a_hub(&self, reason: String) -> GetError {
        GetError::NotAHub { host: self.endpoint.clone(), reason }
    }

    /// What an answer to a question about a repository means.
    fn good(
        &self,
        response: Response,
        name: &RepositoryName,
        revision: &str,
    ) -> Result<Response, Failure> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let code = header("x-error-code").unwrap_or_default();
        let repository = name.to_string();
        let link = format!("{}/{repository}", self.endpoint);
        Err(Failure::Last(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if code == "GatedRepo" => {
                GetError::Gated { repository, link }
            }
            // Hubs hide private repositories, and those that do not exist, behind the same answer.
            StatusCode::UNAUTHORIZED => {
                GetError::NoRepository { repository, endpoint: self.endpoint.clone() }
            }
            StatusCode::FORBIDDEN => GetError::Gated { repository, link },
            StatusCode::NOT_FOUND if code == "RevisionNotFound" => {
                GetError::NoRevision { repository, revision: revision.to_owned() }
            }
            StatusCode::NOT_FOUND if code == "EntryNotFound" => {
                GetError::NoFile { file: repository }
            }
            StatusCode::NOT_FOUND => {
                GetError::NoRepository { repository, endpoint: self.endpoint.clone() }
            }
            _ if is_passing(status) => {
                let after = header("retry-after").and_then(|value| retry_after(&value));
                let why =
                    GetError::Offline { host: self.endpoint.clone(), reason: status.to_string() };
                return Err(Failure::Again { why, after });
            }
            _ => self.not_a_hub(status.to_string()),
        }))
    }
}

impl Listed {
    /// What a response's headers say of the file.
    fn take(&mut self, response: &Response) {
        let header = |name: &str| response.headers().get(name)?.to_str().ok();
        let tags = ["x-linked-etag", "etag"].into_iter().filter_map(header);
        self.digest = self.digest.take().or_else(|| tags.filter_map(Digest::of_tag).next());
        let linked = header("x-linked-size").and_then(|size| size.parse().ok());
        let of_range = || header("content-range")?.rsplit('/').next()?.parse().ok();
        let whole = || match response.status() {
            StatusCode::OK => header("content-length")?.parse().ok(),
            _ => None,
        };
        self.bytes = self.bytes.or(linked).or_else(of_range).or_else(whole);
    }
}

/// Why an answer did not come.
pub(crate) enum Failure {
    /// It may come when asked again, after a while.
    Again {
        why: GetError,
        after: Option<Duration>,
    },
    Last(GetError),
}

pub(crate) fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}

/// An error and what it comes from, without addresses: they may hold keys.
pub(crate) fn words(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    match deepest.downcast_ref::<std::io::Error>() {
        Some(told) if told.kind() != std::io::ErrorKind::UnexpectedEof => told.to_string(),
        _ if error.is_timeout() => "it does not answer".to_owned(),
        _ => "the connection broke off".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_an_owner_and_a_name() {
        let check = |name: &str, fits: bool| {
            assert_eq!(RepositoryName::parse(name).is_ok(), fits, "{name}");
        };
        check("intfloat/multilingual-e5-small", true);
        check("BAAI/bge-m3", true);
        for (name, fits) in
            [("mein-modell", true), ("模型", true), ("../x", false), ("", false), ("a/b", false)]
        {
            assert_eq!(RepositoryName::is_name(name), fits, "{name}");
        }
        for wrong in ["", "e5", "a/b/c", "../x", "a/..", "a/-b", "a b/c", "a/b?c", "ä/b", "/b"] {
            check(wrong, false);
        }
    }
}
