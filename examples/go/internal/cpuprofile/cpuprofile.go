// Package cpuprofile writes a runtime/pprof CPU profile of a whole run.
package cpuprofile

import (
	"fmt"
	"os"
	"runtime/pprof"
)

// Start begins a CPU profile that is written to path. The returned function
// ends the profile and closes the file; it must be called exactly once. An
// empty path starts nothing.
func Start(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		file.Close()
		return nil, fmt.Errorf("start CPU profile: %w", err)
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}
