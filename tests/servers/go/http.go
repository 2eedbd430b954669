// An HTTP server as Go's net/http has it, for the tests of iophase.
//
// In: PORT-FILE: where the port is written, by rename. Out: GET /stats answers "requests N", all
// other paths 1,000 bytes. Ends by itself after 60 s.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

func main() {
	var requests int64
	body := make([]byte, 1000)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/stats", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "requests %d\n", atomic.LoadInt64(&requests))
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		atomic.AddInt64(&requests, 1)
		w.Write(body)
	})
	file := os.Args[1]
	port := fmt.Sprintf("%d\n", listener.Addr().(*net.TCPAddr).Port)
	if err := os.WriteFile(file+".tmp", []byte(port), 0o644); err != nil {
		panic(err)
	}
	if err := os.Rename(file+".tmp", file); err != nil {
		panic(err)
	}
	time.AfterFunc(60*time.Second, func() { os.Exit(0) })
	panic(http.Serve(listener, nil))
}
