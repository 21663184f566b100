// Inlines is an oracle: it prints what a binary's DWARF says about addresses.
//
// It reads hexadecimal addresses, one a line, and prints for each one line of
// frames, innermost first, separated by tabs: NAME|FILE|LINE. It shares
// nothing with what it judges: Firesteel reads pclntab, this reads DWARF with
// Go's own library.
package main

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
)

// scope is a function, or one that was inlined, with those inlined into it.
type scope struct {
	name     string
	origin   dwarf.Offset
	ranges   [][2]uint64
	callFile int64
	callLine int64
	inlined  []*scope
}

func (s *scope) holds(address uint64) bool {
	for _, r := range s.ranges {
		if r[0] <= address && address < r[1] {
			return true
		}
	}
	return false
}

type unit struct {
	entry     *dwarf.Entry
	functions []*scope
	files     []*dwarf.LineFile
	lines     []dwarf.LineEntry // by address; empty until needed
}

// place gives the file and line at an address. Go's own search through a line
// table stops at the first function that is out of order.
func (u *unit) place(data *dwarf.Data, address uint64) (string, int64) {
	if len(u.lines) == 0 {
		reader, err := data.LineReader(u.entry)
		check(err)
		for {
			var entry dwarf.LineEntry
			if err := reader.Next(&entry); err == io.EOF {
				break
			} else {
				check(err)
			}
			u.lines = append(u.lines, entry)
		}
		u.files = reader.Files()
		// The end of one sequence comes before the beginning of the next.
		sort.SliceStable(u.lines, func(i, j int) bool {
			a, b := u.lines[i], u.lines[j]
			return a.Address < b.Address || a.Address == b.Address && a.EndSequence && !b.EndSequence
		})
	}
	next := sort.Search(len(u.lines), func(i int) bool { return u.lines[i].Address > address })
	if next == 0 || u.lines[next-1].EndSequence || u.lines[next-1].File == nil {
		return "?", 0
	}
	at := u.lines[next-1]
	return at.File.Name, int64(at.Line)
}

type binary struct {
	data  *dwarf.Data
	units []*unit
	names map[dwarf.Offset]string
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: inlines BINARY <ADDRESSES")
	}
	file, err := elf.Open(os.Args[1])
	check(err)
	data, err := file.DWARF()
	check(err)
	b := load(data)
	out := bufio.NewWriter(os.Stdout)
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		address, err := strconv.ParseUint(input.Text(), 16, 64)
		check(err)
		fmt.Fprintln(out, strings.Join(b.frames(address), "\t"))
	}
	check(input.Err())
	check(out.Flush())
}

func load(data *dwarf.Data) *binary {
	b := &binary{data: data, names: map[dwarf.Offset]string{}}
	var (
		current *unit
		open    []*scope // what encloses the entry; nil for what is no scope
	)
	reader := data.Reader()
	for {
		entry, err := reader.Next()
		check(err)
		if entry == nil {
			return b
		}
		if entry.Tag == 0 {
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			continue
		}
		var s *scope
		switch entry.Tag {
		case dwarf.TagCompileUnit:
			current = &unit{entry: entry}
			b.units = append(b.units, current)
			open = nil
		case dwarf.TagSubprogram:
			s = b.newScope(entry)
			if len(s.ranges) > 0 {
				current.functions = append(current.functions, s)
			}
		case dwarf.TagInlinedSubroutine:
			s = b.newScope(entry)
			for i := len(open) - 1; i >= 0; i-- {
				if open[i] != nil {
					open[i].inlined = append(open[i].inlined, s)
					break
				}
			}
		}
		if entry.Children {
			open = append(open, s)
		}
	}
}

func (b *binary) newScope(entry *dwarf.Entry) *scope {
	s := &scope{}
	s.name, _ = entry.Val(dwarf.AttrName).(string)
	s.origin, _ = entry.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
	s.callFile, _ = entry.Val(dwarf.AttrCallFile).(int64)
	s.callLine, _ = entry.Val(dwarf.AttrCallLine).(int64)
	if s.name != "" {
		b.names[entry.Offset] = s.name
	}
	var err error
	s.ranges, err = b.data.Ranges(entry)
	check(err)
	return s
}

func (b *binary) nameOf(s *scope) string {
	if s.name != "" {
		return s.name
	}
	return b.names[s.origin]
}

// frames gives the frames at an address, innermost first.
func (b *binary) frames(address uint64) []string {
	for _, u := range b.units {
		for _, function := range u.functions {
			if function.holds(address) {
				return b.framesIn(u, function, address)
			}
		}
	}
	return nil
}

func (b *binary) framesIn(u *unit, function *scope, address uint64) []string {
	chain := []*scope{function}
	for {
		next := (*scope)(nil)
		for _, inlined := range chain[len(chain)-1].inlined {
			if inlined.holds(address) {
				next = inlined
				break
			}
		}
		if next == nil {
			break
		}
		chain = append(chain, next)
	}
	file, line := u.place(b.data, address)
	files := u.files
	var frames []string
	for i := len(chain) - 1; i >= 0; i-- {
		frames = append(frames, fmt.Sprintf("%s|%s|%d", b.nameOf(chain[i]), file, line))
		file, line = "?", chain[i].callLine
		if index := chain[i].callFile; index >= 0 && int(index) < len(files) && files[index] != nil {
			file = files[index].Name
		}
	}
	return frames
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, "inlines:", reason)
	os.Exit(1)
}
