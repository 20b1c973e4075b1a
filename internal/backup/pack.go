package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// packer writes a .tar.gz and keeps the checksum of each member.
type packer struct {
	file    *os.File
	zip     *gzip.Writer
	tar     *tar.Writer
	now     time.Time
	members []Member
}

func newPacker(path string, now time.Time) (*packer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	zip, err := gzip.NewWriterLevel(f, gzip.BestSpeed) // attachments are compressed already, and the server wants the processor
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &packer{file: f, zip: zip, tar: tar.NewWriter(zip), now: now}, nil
}

// close ends the archive and has it on disk.
func (p *packer) close() error {
	return errors.Join(p.tar.Close(), p.zip.Close(), p.file.Sync(), p.file.Close())
}

// add writes a file as a member.
func (p *packer) add(ctx context.Context, name, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer f.Close() // it was only read
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return p.write(name, f, info.Size())
}

func (p *packer) bytes(name string, body []byte) error {
	return p.write(name, bytes.NewReader(body), int64(len(body)))
}

func (p *packer) write(name string, r io.Reader, size int64) error {
	if err := known(name); err != nil {
		return err
	}
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: p.now, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(p.tar, sum), r); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	p.members = append(p.members, Member{Name: name, Bytes: size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}
