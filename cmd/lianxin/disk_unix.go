//go:build unix

package main

import "syscall"

// freeDisk is how many bytes are left where a folder lies.
func freeDisk(path string) (int64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}

// writable asks the system, and writes nothing: a watcher asks every few seconds.
func writable(path string) bool { return syscall.Access(path, 2) == nil } // W_OK
