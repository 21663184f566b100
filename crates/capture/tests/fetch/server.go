// A service with profile handlers and everything that can stand between them and a client.
//
// Listens on free ports of 127.0.0.1, prints one line "NAME ADDRESS" for each, writes its certificates to the folder
// given as argument and ends when its standard input does.
package main

import (
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"runtime"
	rpprof "runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var contended sync.Mutex
var work atomic.Uint64

//go:noinline
func burn(n uint64) uint64 {
	var sum uint64
	for i := range n {
		sum = sum*31 + i ^ sum>>7
	}
	return sum
}

func burnForever() {
	for {
		work.Add(burn(100_000))
		time.Sleep(50 * time.Microsecond)
	}
}

func contend() {
	for {
		contended.Lock()
		time.Sleep(time.Millisecond)
		contended.Unlock()
	}
}

// plainWriter hides what http.ResponseController needs to extend a deadline, as much middleware does.
type plainWriter struct{ inner http.ResponseWriter }

func (w plainWriter) Header() http.Header         { return w.inner.Header() }
func (w plainWriter) Write(b []byte) (int, error) { return w.inner.Write(b) }
func (w plainWriter) WriteHeader(status int)      { w.inner.WriteHeader(status) }

type gzipWriter struct {
	http.ResponseWriter
	gzip *gzip.Writer
}

func (w gzipWriter) Write(b []byte) (int, error) { return w.gzip.Write(b) }

// hijack answers with exactly these bytes and closes the connection.
func hijack(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			log.Fatal(err)
		}
		io.WriteString(connection, answer)
		connection.Close()
	}
}

func handlers(away string) http.Handler {
	mux := http.NewServeMux()
	profiles := http.DefaultServeMux
	mount := func(prefix string, handler http.Handler) {
		mux.Handle(prefix+"/", http.StripPrefix(prefix, handler))
	}
	mux.Handle("/debug/pprof/", profiles)
	mount("/svc", profiles)
	mount("/basic", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if !ok || user != "gopher" || password != "pass:word" {
			w.Header().Set("WWW-Authenticate", `Basic realm="profiles"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		profiles.ServeHTTP(w, r)
	}))
	mount("/bearer", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0k3n" {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		profiles.ServeHTTP(w, r)
	}))
	mount("/header", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Token") != "abc" || !strings.HasPrefix(r.UserAgent(), "firesteel/") {
			http.Error(w, "token missing", http.StatusForbidden)
			return
		}
		profiles.ServeHTTP(w, r)
	}))
	redirect := func(prefix, base string) {
		mux.HandleFunc(prefix+"/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, base+strings.TrimPrefix(r.URL.RequestURI(), prefix), http.StatusTemporaryRedirect)
		})
	}
	redirect("/moved", "/basic")
	redirect("/away", "http://"+away+"/seen")
	redirect("/locked-away", "http://"+away+"/locked")
	redirect("/loop", "/loop")
	redirect("/odd", "gopher://nowhere")
	mount("/gzip", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			http.Error(w, "gzip only", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		writer := gzip.NewWriter(w)
		defer writer.Close()
		profiles.ServeHTTP(gzipWriter{w, writer}, r)
	}))
	mount("/html", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "<!doctype html><html><head><title>Sign in</title></head></html>")
	}))
	mount("/slow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	mount("/stalled", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write([]byte{0x1f, 0x8b, 8})
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	mux.HandleFunc("/truncated/", hijack("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789"))
	mux.HandleFunc("/truncated-chunks/", hijack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n"))
	mux.HandleFunc("/closed/", hijack(""))
	mux.HandleFunc("/garbage/", hijack("SSH-2.0-OpenSSH_9.2\r\n"))
	mux.HandleFunc("/empty/", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("/large/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		for range 64 {
			w.Write(make([]byte, 64<<10))
		}
	})
	mux.HandleFunc("/folded", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "main;work 3\nmain;rest 1\n") })
	mux.HandleFunc("/text/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") })
	// The handlers under a path of the program's own.
	mux.HandleFunc("/dev/pprof/", pprof.Index)
	mux.HandleFunc("/dev/pprof/profile", pprof.Profile)
	mux.Handle("/dev/pprof/heap", pprof.Handler("heap"))
	mux.Handle("/dev/pprof/mutex", pprof.Handler("mutex"))
	mux.HandleFunc("/cpu", pprof.Profile)
	// One of the profiles fails.
	mount("/partial", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/mutex") {
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		profiles.ServeHTTP(w, r)
	}))
	// The profiles are there, their index is not.
	mount("/no-index", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		profiles.ServeHTTP(w, r)
	}))
	mount("/time-limit", http.TimeoutHandler(profiles, 100*time.Millisecond, ""))
	mux.HandleFunc("/occupy", func(w http.ResponseWriter, r *http.Request) {
		if err := rpprof.StartCPUProfile(io.Discard); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return mux
}

// another is a second host: it serves a profile to whom brings no secrets.
func another() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/seen/", func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Authorization", "X-Token", "Cookie"} {
			if r.Header.Get(name) != "" {
				http.Error(w, "leaked "+name, http.StatusBadRequest)
				return
			}
		}
		pprof.Handler("heap").ServeHTTP(w, r)
	})
	mux.HandleFunc("/locked/", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
	})
	return mux
}

// proxy connects whoever knows the password to the given address, whatever they ask for.
func proxy(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
		if user, password, _ := request.BasicAuth(); r.Method != http.MethodConnect || user != "me" || password != "let:in" {
			http.Error(w, "not through here", http.StatusProxyAuthRequired)
			return
		}
		server, err := net.Dial("tcp", address)
		if err != nil {
			log.Fatal(err)
		}
		client, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			log.Fatal(err)
		}
		io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		go io.Copy(client, server)
		io.Copy(server, client)
	})
}

func certificate(isAuthority bool, path string, names ...string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: path},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		DNSNames:              names,
		BasicConstraintsValid: true,
		IsCA:                  isAuthority,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if len(names) == 0 {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	encoded := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(path, encoded, 0o600); err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func listen(name string) net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(name, listener.Addr())
	return listener
}

func main() {
	log.SetOutput(io.Discard)
	folder := os.Args[1]
	// Every allocation is in the heap profile.
	runtime.MemProfileRate = 1
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	go burnForever()
	go contend()
	go contend()

	tlsServer := func(name string, isAuthority bool, names ...string) {
		config := &tls.Config{
			Certificates: []tls.Certificate{certificate(isAuthority, filepath.Join(folder, name+".pem"), names...)},
		}
		go http.Serve(tls.NewListener(listen(name), config), http.DefaultServeMux)
	}
	tlsServer("tls", false)
	tlsServer("tls-authority", true)
	tlsServer("tls-other-name", false, "other.example")
	away := listen("away")
	go http.Serve(away, another())
	short := &http.Server{
		WriteTimeout: 500 * time.Millisecond,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.DefaultServeMux.ServeHTTP(plainWriter{w}, r)
		}),
	}
	go short.Serve(listen("short"))
	plain := &http.Server{WriteTimeout: 500 * time.Millisecond, Handler: http.DefaultServeMux}
	go plain.Serve(listen("write-timeout"))
	main := listen("plain")
	go http.Serve(main, handlers(away.Addr().String()))
	go http.Serve(listen("proxy"), proxy(main.Addr().String()))
	// The heap profile shows what was there at the last collection but one.
	runtime.GC()
	runtime.GC()
	fmt.Println("version", runtime.Version())
	fmt.Println("ready -")
	io.Copy(io.Discard, os.Stdin)
}
