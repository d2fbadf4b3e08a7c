package keyring_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"sallyport/internal/keyring"
)

func ring(t *testing.T, secrets ...byte) *keyring.Ring {
	t.Helper()
	var all [][]byte
	for _, b := range secrets {
		all = append(all, bytes.Repeat([]byte{b}, keyring.SecretSize))
	}
	r, err := keyring.New(all[0], all[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsSealedOpens(t *testing.T) {
	for _, plain := range [][]byte{{}, []byte("a"), bytes.Repeat([]byte("key"), 1000)} {
		sealed, err := ring(t, 1).Seal(plain)
		if err != nil {
			t.Fatal(err)
		}
		if len(plain) > 1 && bytes.Contains(sealed, plain) {
			t.Error("the content can be read")
		}
		got, err := ring(t, 2, 1).Open(sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("Open after the secret was replaced = %q, %v", got, err)
		}
		if _, err := ring(t, 2).Open(sealed); !errors.Is(err, keyring.ErrOtherSecret) {
			t.Errorf("Open with another secret = %v", err)
		}
	}
}

func TestSealNeverRepeats(t *testing.T) {
	r := ring(t, 1)
	a, _ := r.Seal([]byte("same"))
	b, _ := r.Seal([]byte("same"))
	if bytes.Equal(a, b) {
		t.Error("two seals are equal: the nonce repeats")
	}
}

func TestOpenRefusesEveryChange(t *testing.T) {
	r := ring(t, 1)
	sealed, err := r.Seal([]byte("private"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := r.Open(changed); err == nil {
			t.Errorf("byte %d changed, and it still opens", i)
		}
		if _, err := r.Open(sealed[:i]); err == nil {
			t.Errorf("cut at %d, and it still opens", i)
		}
	}
}

func TestNewWantsWholeSecrets(t *testing.T) {
	for _, size := range []int{0, 16, 31, 33} {
		if _, err := keyring.New(make([]byte, size)); err == nil {
			t.Errorf("a secret of %d bytes was taken", size)
		}
	}
}

func TestSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	first, created, err := keyring.LoadOrCreateSecret(path)
	if err != nil || !created || len(first) != keyring.SecretSize {
		t.Fatalf("first = %d bytes, %v, %v", len(first), created, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v", info.Mode(), err)
	}
	second, created, err := keyring.LoadOrCreateSecret(path)
	if err != nil || created || !bytes.Equal(first, second) {
		t.Errorf("second: same=%v created=%v %v", bytes.Equal(first, second), created, err)
	}

	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, _, err := keyring.LoadOrCreateSecret(path); err == nil {
		t.Error("a file that others can read was taken")
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := keyring.LoadOrCreateSecret(path); err == nil {
		t.Error("a file without a secret was taken")
	}
	if _, _, err := keyring.LoadOrCreateSecret(filepath.Join(t.TempDir(), "missing", "secret")); err == nil {
		t.Error("a folder that is not there was taken")
	}
}

func TestSecretFileMadeByManyIsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	secrets := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			secret, _, err := keyring.LoadOrCreateSecret(path)
			if err != nil {
				t.Error(err)
			}
			secrets[i] = secret
		})
	}
	wg.Wait()
	for i := range secrets {
		if !bytes.Equal(secrets[0], secrets[i]) {
			t.Errorf("starter %d has another secret", i)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
