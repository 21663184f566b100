//! The wire between the thread that waits for an answer and the one that watches it.

use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// How far an exchange is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchPhase {
    /// Looking up the host and connecting.
    Connecting,
    /// The request is sent; the server measures.
    Waiting,
    /// The answer is coming.
    Receiving,
}

/// State of one exchange, shared by the thread that does it and the one that watches it.
#[derive(Debug, Default)]
pub(super) struct Link {
    /// The socket in use, to interrupt whoever is blocked on it.
    socket: Mutex<Socket>,
    phase: AtomicU8,
    received: AtomicU64,
    /// Announced size of the body plus one; 0 when unknown.
    announced: AtomicU64,
}

#[derive(Debug, Default)]
enum Socket {
    #[default]
    None,
    Open(TcpStream),
    /// No connection may be made any more.
    Closed,
}

impl Link {
    /// Takes note of the socket in use. False when the exchange is to end.
    pub(super) fn attach(&self, stream: &TcpStream) -> bool {
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*socket, stream.try_clone()) {
            (Socket::Closed, _) => false,
            (_, Ok(clone)) => {
                *socket = Socket::Open(clone);
                true
            }
            // Without a handle the exchange goes on, it just can not be interrupted.
            (_, Err(_)) => true,
        }
    }

    /// Tells the server that nothing more will be asked, while its answer can still come. Go's handlers take it for
    /// the client's leaving, end the measurement and send what they have.
    pub(super) fn half_close(&self) -> bool {
        match &*self.socket.lock().unwrap_or_else(PoisonError::into_inner) {
            Socket::Open(stream) => stream.shutdown(Shutdown::Write).is_ok(),
            Socket::None | Socket::Closed => false,
        }
    }

    /// Ends the exchange, now or as soon as it has a socket.
    pub(super) fn close(&self) {
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        if let Socket::Open(stream) = &*socket {
            // An error means that it is closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        *socket = Socket::Closed;
    }

    pub(super) fn set_phase(&self, phase: FetchPhase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub(super) fn phase(&self) -> FetchPhase {
        match self.phase.load(Ordering::Relaxed) {
            0 => FetchPhase::Connecting,
            1 => FetchPhase::Waiting,
            _ => FetchPhase::Receiving,
        }
    }

    pub(super) fn set_received(&self, bytes: u64) {
        self.received.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(super) fn set_announced(&self, bytes: Option<u64>) {
        self.announced.store(bytes.map_or(0, |bytes| bytes.saturating_add(1)), Ordering::Relaxed);
    }

    pub(super) fn announced(&self) -> Option<u64> {
        self.announced.load(Ordering::Relaxed).checked_sub(1)
    }
}
