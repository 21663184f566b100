// Command standard links much of the standard library.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"text/template"

	"example.com/symbols/oracle"
)

type document struct {
	Name  string            `json:"name"`
	Parts []document        `json:"parts"`
	Tags  map[string]string `json:"tags"`
}

func main() {
	if len(os.Args) == 1 {
		oracle.Serve()
		return
	}
	http.HandleFunc("/", func(writer http.ResponseWriter, request *http.Request) {
		var body document
		if err := json.NewDecoder(request.Body).Decode(&body); err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		var text bytes.Buffer
		template.Must(template.New("t").Parse(os.Args[2])).Execute(&text, body)
		matched := regexp.MustCompile(os.Args[3]).ReplaceAllString(text.String(), "$1")
		zipped := gzip.NewWriter(writer)
		defer zipped.Close()
		io.WriteString(zipped, matched)
		fmt.Fprintln(zipped, body.Tags)
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], nil))
}
