//! Sockets for the HTTP client: as its own, but within reach of a [`Link`], and with errors that name the address.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, time,
};

use super::link::{FetchPhase, Link};

/// No address of a host took the connection.
#[derive(Debug, thiserror::Error)]
#[error("no connection to {addresses}")]
pub(super) struct ConnectFailed {
    /// Addresses tried.
    pub(super) addresses: String,
    /// What the system said of the last one.
    pub(super) source: io::Error,
}

/// A host name has no address.
#[derive(Debug, thiserror::Error)]
#[error("no address for {host}")]
pub(super) struct ResolveFailed {
    pub(super) host: String,
    pub(super) source: io::Error,
}

/// The exchange was to end before its connection was made.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub(super) struct Interrupted;

/// Looks up hosts; failures say for which.
#[derive(Debug, Default)]
pub(super) struct NamedResolver(DefaultResolver);

impl Resolver for NamedResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = || uri.host().unwrap_or("").to_owned();
        match self.0.resolve(uri, config, timeout) {
            Err(ureq::Error::Io(source)) => Err(ureq::Error::Other(Box::new(ResolveFailed { host: host(), source }))),
            Err(ureq::Error::HostNotFound) => {
                let source = io::Error::new(io::ErrorKind::NotFound, "it has no address of a family in use");
                Err(ureq::Error::Other(Box::new(ResolveFailed { host: host(), source })))
            }
            other => other,
        }
    }
}

/// Makes TCP connections and hands them to a [`Link`].
#[derive(Debug)]
pub(super) struct LinkedConnector(pub(super) Arc<Link>);

impl<In: Transport> Connector<In> for LinkedConnector {
    type Out = Either<In, LinkedTransport>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        if let Some(transport) = chained {
            // A connection through a proxy.
            return Ok(Some(Either::A(transport)));
        }
        let stream = connect_any(&details.addrs, budget(details.timeout))?;
        stream.set_nodelay(true)?;
        if !self.0.attach(&stream) {
            return Err(ureq::Error::Other(Box::new(Interrupted)));
        }
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        self.0.set_phase(FetchPhase::Waiting);
        Ok(Some(Either::B(LinkedTransport { stream, buffers })))
    }
}

/// Connects to the first address that takes it, each with an equal share of the time that is left.
fn connect_any(addresses: &[SocketAddr], within: Duration) -> Result<TcpStream, ureq::Error> {
    let start = Instant::now();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (index, address) in addresses.iter().enumerate() {
        let left = within.saturating_sub(start.elapsed());
        let share = left / u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    let addresses: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
    Err(ureq::Error::Other(Box::new(ConnectFailed { addresses: addresses.join(", "), source: last })))
}

/// The time left for an operation; a year when there is no limit.
fn budget(timeout: NextTimeout) -> Duration {
    const YEAR: Duration = Duration::from_hours(365 * 24);
    match timeout.after {
        time::Duration::Exact(after) => after.min(YEAR),
        time::Duration::NotHappening => YEAR,
    }
}

/// A TCP connection that a [`Link`] can interrupt.
pub(super) struct LinkedTransport {
    stream: TcpStream,
    buffers: LazyBuffers,
}

impl Transport for LinkedTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let timeout = timeout.for_write();
        self.stream.set_write_timeout(Some(budget(timeout).max(Duration::from_millis(1))))?;
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        (&self.stream).write_all(output).map_err(|error| timed_out(error, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let timeout = timeout.for_read();
        let start = Instant::now();
        let input = self.buffers.input_append_buf();
        let amount = loop {
            let left = budget(timeout).saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(ureq::Error::Timeout(timeout.reason));
            }
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(input) {
                // A signal, which the watching thread deals with.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(timed_out(error, timeout)),
                Ok(amount) => break amount,
            }
        };
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        // Asked before a pooled connection is used again; none is pooled here.
        false
    }
}

impl fmt::Debug for LinkedTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stream, buffers: _ } = self;
        formatter.debug_struct("LinkedTransport").field("stream", stream).finish_non_exhaustive()
    }
}

/// A socket's time-out as the client's.
fn timed_out(error: io::Error, timeout: NextTimeout) -> ureq::Error {
    match error.kind() {
        // Linux reports `SO_RCVTIMEO` and `SO_SNDTIMEO` as the former.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => ureq::Error::Timeout(timeout.reason),
        _ => ureq::Error::Io(error),
    }
}
