package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"expvar"
	"io"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"example.com/shop/internal/catalogue"
	"example.com/shop/internal/orders"
)

// minGzipBytes is the shortest reply worth compressing.
const minGzipBytes = 1024

// Counters at /debug/vars, by route.
var (
	requestCount = expvar.NewMap("shop_requests")
	failureCount = expvar.NewMap("shop_failures")
	busyMicros   = expvar.NewMap("shop_busy_microseconds")
)

var (
	compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
	buffers     = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)

// handler answers a request or returns an error before it has written
// anything.
type handler func(w http.ResponseWriter, r *http.Request) error

// route registers a handler; its work carries the pprof label "route".
func (s *Server) route(path, method string, handle handler) {
	labels := pprof.Labels("route", path)
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		pprof.Do(r.Context(), labels, func(ctx context.Context) {
			if r.Method != method {
				w.Header().Set("Allow", method)
				http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
				failureCount.Add(path, 1)
				return
			}
			if err := handle(w, r.WithContext(ctx)); err != nil {
				http.Error(w, err.Error(), statusOf(err))
				failureCount.Add(path, 1)
			}
		})
		requestCount.Add(path, 1)
		busyMicros.Add(path, time.Since(start).Microseconds())
	})
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, catalogue.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, catalogue.ErrBadQuery):
		return http.StatusBadRequest
	case errors.Is(err, orders.ErrInvalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// replyJSON sends a value as JSON.
func replyJSON(w http.ResponseWriter, r *http.Request, value any) error {
	return reply(w, r, "application/json", func(body io.Writer) error {
		return json.NewEncoder(body).Encode(value)
	})
}

// reply sends what fill writes, compressed where the client takes it and it
// pays. The reply is complete before its first byte is sent, so an error of
// fill can still become a proper status.
func reply(w http.ResponseWriter, r *http.Request, contentType string, fill func(io.Writer) error) error {
	body := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(body)
	body.Reset()
	if err := fill(body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Add("Vary", "Accept-Encoding")
	// A write can only fail when the client has gone: nobody is left to tell.
	if body.Len() >= minGzipBytes && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_ = writeGzip(w, body)
	} else {
		_, _ = body.WriteTo(w)
	}
	return nil
}

func writeGzip(w http.ResponseWriter, body io.WriterTo) error {
	w.Header().Set("Content-Encoding", "gzip")
	compressor := compressors.Get().(*gzip.Writer)
	defer compressors.Put(compressor)
	compressor.Reset(w)
	if _, err := body.WriteTo(compressor); err != nil {
		return err
	}
	return compressor.Close()
}
