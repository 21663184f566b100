/** A profile that looks like one of a Go HTTP service, from a small grammar of who calls what; the same every time. */

/** @typedef {import("./payload-encoder.mjs").Frame} Frame */

/** A generator of repeatable numbers in [0, 1) (mulberry32). */
export function seededRandom(/** @type {number} */ seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

const GO = "/usr/local/go/src/";
const MODULE = "github.com/acme/shop";

/** @type {Record<string, string[]>} callee lists; `~` marks an inlined function, a repeated name a likelier one. */
const CALLS = {
  "net/http.(*conn).serve": ["net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.(*conn).readRequest", "net/http.(*response).finishRequest", "bufio.(*Writer).Flush"],
  "net/http.serverHandler.ServeHTTP": ["net/http.(*ServeMux).ServeHTTP"],
  "net/http.(*ServeMux).ServeHTTP": ["net/http.HandlerFunc.ServeHTTP~", "net/http.HandlerFunc.ServeHTTP~", "net/http.HandlerFunc.ServeHTTP~", "net/http.HandlerFunc.ServeHTTP~", "net/http.HandlerFunc.ServeHTTP~", "net/http.HandlerFunc.ServeHTTP~", "net/http.(*ServeMux).findHandler"],
  "net/http.HandlerFunc.ServeHTTP": [`${MODULE}/internal/web.(*Server).withMetrics.func1`],
  [`${MODULE}/internal/web.(*Server).withMetrics.func1`]: ["github.com/go-chi/chi/v5.(*Mux).ServeHTTP", "github.com/go-chi/chi/v5.(*Mux).ServeHTTP", "github.com/go-chi/chi/v5.(*Mux).ServeHTTP", "github.com/prometheus/client_golang/prometheus.(*HistogramVec).WithLabelValues", "runtime/pprof.Do"],
  "runtime/pprof.Do": [`${MODULE}/internal/web.(*Server).withMetrics.func1.1`, "runtime/pprof.WithLabels"],
  [`${MODULE}/internal/web.(*Server).withMetrics.func1.1`]: [`${MODULE}/internal/web.(*Server).handleCatalog`, `${MODULE}/internal/web.(*Server).handleCheckout`],
  "github.com/go-chi/chi/v5.(*Mux).ServeHTTP": ["github.com/go-chi/chi/v5.(*Mux).routeHTTP", "github.com/go-chi/chi/v5.(*Mux).routeHTTP", "github.com/go-chi/chi/v5.(*Mux).routeHTTP", "github.com/go-chi/chi/v5.(*Mux).routeHTTP", "github.com/go-chi/chi/v5.(*Mux).routeHTTP", "github.com/go-chi/chi/v5.(*Mux).routeHTTP", "sync.(*Pool).Get"],
  "github.com/go-chi/chi/v5.(*Mux).routeHTTP": [`${MODULE}/internal/web.(*Server).handleCatalog`, `${MODULE}/internal/web.(*Server).handleCheckout`, `${MODULE}/internal/web.(*Server).handleSearch`, `${MODULE}/internal/web.(*Server).handleSearch`, `${MODULE}/internal/web.(*Server).handleReport`, "github.com/go-chi/chi/v5.(*node).findRoute"],
  [`${MODULE}/internal/web.(*Server).handleCatalog`]: [`${MODULE}/internal/store.(*Catalog).List`, "encoding/json.(*Encoder).Encode", "encoding/json.(*Encoder).Encode", `${MODULE}/internal/web.writeJSON[go.shape.struct_{_Items_[]github.com/acme/shop/internal/store.Item}]`],
  [`${MODULE}/internal/web.writeJSON[go.shape.struct_{_Items_[]github.com/acme/shop/internal/store.Item}]`]: ["encoding/json.Marshal", "compress/gzip.(*Writer).Write"],
  [`${MODULE}/internal/web.(*Server).handleCheckout`]: [`${MODULE}/internal/cart.(*Cart).Total`, "encoding/json.Unmarshal", "encoding/json.Unmarshal", `${MODULE}/internal/store.(*Catalog).Reserve`, "github.com/google/uuid.NewString", "crypto/sha256.Sum256"],
  [`${MODULE}/internal/web.(*Server).handleSearch`]: ["regexp.(*Regexp).FindAllStringIndex", "regexp.(*Regexp).FindAllStringIndex", `${MODULE}/internal/search.(*Index).Query`, `${MODULE}/internal/search.(*Index).Query`, "regexp.Compile", "strings.ToLower"],
  [`${MODULE}/internal/web.(*Server).handleReport`]: [`${MODULE}/internal/report.Build`, "compress/gzip.(*Writer).Write", "github.com/mattn/go-sqlite3.(*SQLiteStmt).Query"],
  [`${MODULE}/internal/report.Build`]: ["sort.Slice", "fmt.Sprintf", "fmt.Sprintf", `${MODULE}/internal/report.percentile[...]~`, "text/template.(*Template).Execute", "runtime.makeslice"],
  [`${MODULE}/internal/report.percentile[...]`]: ["slices.SortFunc[...]", "math.Floor~"],
  "slices.SortFunc[...]": ["slices.pdqsortCmpFunc[...]~"],
  "slices.pdqsortCmpFunc[...]": ["slices.insertionSortCmpFunc[...]", "slices.partitionCmpFunc[...]", "slices.pdqsortCmpFunc[...]"],
  [`${MODULE}/internal/store.(*Catalog).List`]: ["sort.Slice", "runtime.mapaccess2_faststr", "sync.(*RWMutex).RLock~", "runtime.growslice"],
  [`${MODULE}/internal/store.(*Catalog).Reserve`]: ["sync.(*Mutex).Lock~", "runtime.mapassign_faststr", "time.Now"],
  "sync.(*Mutex).Lock": ["sync.(*Mutex).lockSlow"],
  "sync.(*Mutex).lockSlow": ["runtime.semacquire1", "runtime.procyield"],
  "sync.(*RWMutex).RLock": ["runtime.semacquire1"],
  "runtime.semacquire1": ["runtime.goparkunlock", "runtime.lock2"],
  [`${MODULE}/internal/cart.(*Cart).Total`]: [`${MODULE}/internal/cart.discount`, "math/big.(*Int).Mul", `${MODULE}/internal/cart.(*Cart).Total.func1`],
  [`${MODULE}/internal/cart.discount`]: ["math.Pow", "runtime.mapaccess1_fast64"],
  "math/big.(*Int).Mul": ["math/big.nat.mul"],
  "math/big.nat.mul": ["math/big.basicMul", "math/big.nat.make~", "math/big.addMulVVW"],
  [`${MODULE}/internal/search.(*Index).Query`]: [`${MODULE}/internal/search.tokenize`, `${MODULE}/internal/search.(*Index).intersect`, `${MODULE}/internal/search.(*Index).score`, "container/heap.Push"],
  [`${MODULE}/internal/search.tokenize`]: ["strings.FieldsFunc", "unicode.IsLetter~", "runtime.slicebytetostring"],
  [`${MODULE}/internal/search.(*Index).intersect`]: ["runtime.mapaccess1_faststr", "runtime.mapassign_fast32", `${MODULE}/internal/search.(*bitmap).and~`],
  [`${MODULE}/internal/search.(*Index).score`]: ["math.Log", `${MODULE}/internal/search.tfIdf~`, "runtime.memmove"],
  "container/heap.Push": ["container/heap.up", `${MODULE}/internal/search.(*topK).Push`],
  "container/heap.up": [`${MODULE}/internal/search.(*topK).Less~`, `${MODULE}/internal/search.(*topK).Swap~`],
  "encoding/json.(*Encoder).Encode": ["encoding/json.(*encodeState).marshal", "net/http.(*response).Write"],
  "encoding/json.Marshal": ["encoding/json.(*encodeState).marshal"],
  "encoding/json.(*encodeState).marshal": ["encoding/json.(*encodeState).reflectValue"],
  "encoding/json.(*encodeState).reflectValue": ["encoding/json.structEncoder.encode", "encoding/json.valueEncoder~"],
  "encoding/json.structEncoder.encode": ["encoding/json.arrayEncoder.encode", "encoding/json.stringEncoder", "encoding/json.stringEncoder", "encoding/json.floatEncoder.encode", "encoding/json.mapEncoder.encode", "reflect.Value.Field~"],
  "encoding/json.arrayEncoder.encode": ["encoding/json.structEncoder.encode", "encoding/json.structEncoder.encode", "reflect.Value.Index"],
  "encoding/json.stringEncoder": ["encoding/json.appendString[...]", "bytes.(*Buffer).Write~"],
  "encoding/json.appendString[...]": ["runtime.memmove", "unicode/utf8.DecodeRune~", "runtime.growslice"],
  "encoding/json.floatEncoder.encode": ["strconv.AppendFloat"],
  "strconv.AppendFloat": ["strconv.ryuFtoaShortest", "strconv.formatDigits~"],
  "encoding/json.mapEncoder.encode": ["reflect.(*MapIter).Next", "slices.SortFunc[...]", "encoding/json.stringEncoder"],
  "encoding/json.Unmarshal": ["encoding/json.checkValid", "encoding/json.(*decodeState).value"],
  "encoding/json.checkValid": ["encoding/json.stateInString", "encoding/json.stateBeginValue", "encoding/json.stateEndValue"],
  "encoding/json.(*decodeState).value": ["encoding/json.(*decodeState).object", "encoding/json.(*decodeState).array"],
  "encoding/json.(*decodeState).object": ["encoding/json.(*decodeState).literalStore", "encoding/json.(*decodeState).value", "reflect.Value.SetString", "encoding/json.cachedTypeFields"],
  "encoding/json.(*decodeState).array": ["encoding/json.(*decodeState).value", "reflect.Value.Grow"],
  "encoding/json.(*decodeState).literalStore": ["encoding/json.unquoteBytes", "runtime.slicebytetostring", "strconv.ParseFloat"],
  "encoding/json.cachedTypeFields": ["sync.(*Map).Load"],
  "sync.(*Map).Load": ["internal/sync.(*HashTrieMap[...]).Load"],
  "regexp.(*Regexp).FindAllStringIndex": ["regexp.(*Regexp).allMatches"],
  "regexp.(*Regexp).allMatches": ["regexp.(*Regexp).doExecute"],
  "regexp.(*Regexp).doExecute": ["regexp.(*Regexp).backtrack", "regexp.(*Regexp).backtrack", "regexp.(*machine).match"],
  "regexp.(*Regexp).backtrack": ["regexp.(*Regexp).tryBacktrack", "regexp.(*bitState).reset"],
  "regexp.(*Regexp).tryBacktrack": ["regexp.(*inputString).step", "regexp.(*bitState).shouldVisit~", "regexp/syntax.(*Inst).MatchRunePos"],
  "regexp.(*machine).match": ["regexp.(*machine).add", "regexp.(*machine).step", "regexp.(*queue).clear~"],
  "regexp.(*machine).add": ["regexp.(*machine).add", "regexp.(*machine).alloc~"],
  "regexp.Compile": ["regexp.compile"],
  "regexp.compile": ["regexp/syntax.Parse", "regexp/syntax.Compile", "regexp.compileOnePass"],
  "regexp/syntax.Parse": ["regexp/syntax.parse"],
  "regexp/syntax.parse": ["regexp/syntax.(*parser).push", "regexp/syntax.(*parser).parseClass", "runtime.newobject"],
  "compress/gzip.(*Writer).Write": ["compress/flate.(*compressor).write", "compress/flate.(*compressor).write", "hash/crc32.Update"],
  "compress/flate.(*compressor).write": ["compress/flate.(*compressor).deflate", "compress/flate.(*compressor).fillDeflate"],
  "compress/flate.(*compressor).deflate": ["compress/flate.(*compressor).findMatch", "compress/flate.(*compressor).writeBlock", "compress/flate.hash4~"],
  "compress/flate.(*compressor).findMatch": ["compress/flate.matchLen~"],
  "compress/flate.(*compressor).writeBlock": ["compress/flate.(*huffmanBitWriter).writeBlock"],
  "compress/flate.(*huffmanBitWriter).writeBlock": ["compress/flate.(*huffmanEncoder).generate", "compress/flate.(*huffmanBitWriter).writeTokens"],
  "compress/flate.(*huffmanEncoder).generate": ["sort.Sort", "compress/flate.(*huffmanEncoder).bitCounts"],
  "hash/crc32.Update": ["hash/crc32.ieeeCLMUL"],
  "sort.Slice": ["sort.pdqsort_func"],
  "sort.Sort": ["sort.pdqsort"],
  "sort.pdqsort": ["sort.insertionSort", "sort.heapSort"],
  "sort.pdqsort_func": ["sort.pdqsort_func", "sort.partition_func", "sort.insertionSort_func", "internal/reflectlite.Swapper.func9"],
  "sort.partition_func": [`${MODULE}/internal/store.(*Catalog).List.func1`, "internal/reflectlite.Swapper.func9"],
  "sort.insertionSort_func": [`${MODULE}/internal/store.(*Catalog).List.func1`, "internal/reflectlite.Swapper.func9"],
  "internal/reflectlite.Swapper.func9": ["runtime.typedmemmove"],
  "fmt.Sprintf": ["fmt.(*pp).doPrintf", "fmt.newPrinter"],
  "fmt.(*pp).doPrintf": ["fmt.(*pp).printArg", "fmt.(*buffer).writeString~"],
  "fmt.(*pp).printArg": ["fmt.(*pp).fmtFloat", "fmt.(*fmt).padString", "fmt.(*fmt).fmtInteger", "fmt.(*pp).printValue"],
  "fmt.(*pp).fmtFloat": ["strconv.AppendFloat"],
  "fmt.newPrinter": ["sync.(*Pool).Get"],
  "sync.(*Pool).Get": ["sync.(*Pool).getSlow", "sync.(*Pool).pin~"],
  "text/template.(*Template).Execute": ["text/template.(*state).walk"],
  "text/template.(*state).walk": ["text/template.(*state).walk", "text/template.(*state).walkRange", "text/template.(*state).evalPipeline"],
  "text/template.(*state).walkRange": ["text/template.(*state).walk"],
  "text/template.(*state).evalPipeline": ["text/template.(*state).evalField", "reflect.Value.Call"],
  "reflect.Value.Call": ["reflect.Value.call"],
  "reflect.Value.call": ["reflect.funcLayout", "runtime.reflectcall"],
  "github.com/mattn/go-sqlite3.(*SQLiteStmt).Query": ["github.com/mattn/go-sqlite3._Cfunc__sqlite3_step_row_internal"],
  "github.com/mattn/go-sqlite3._Cfunc__sqlite3_step_row_internal": ["runtime.cgocall"],
  "runtime.cgocall": ["runtime.asmcgocall"],
  "runtime.asmcgocall": ["sqlite3_step"],
  sqlite3_step: ["sqlite3VdbeExec"],
  sqlite3VdbeExec: ["sqlite3BtreeNext", "sqlite3VdbeSerialGet", "memcmp", "sqlite3BtreePayloadFetch"],
  sqlite3BtreeNext: ["moveToChild", "pread64"],
  pread64: ["entry_SYSCALL_64_after_hwframe"],
  "github.com/google/uuid.NewString": ["github.com/google/uuid.NewRandom"],
  "github.com/google/uuid.NewRandom": ["io.ReadFull~"],
  "io.ReadFull": ["crypto/rand.Read"],
  "crypto/rand.Read": ["internal/sysrand.Read"],
  "internal/sysrand.Read": ["runtime.vgetrandom"],
  "crypto/sha256.Sum256": ["crypto/internal/fips140/sha256.(*Digest).Write"],
  "crypto/internal/fips140/sha256.(*Digest).Write": ["crypto/internal/fips140/sha256.blockSHANI"],
  "github.com/prometheus/client_golang/prometheus.(*HistogramVec).WithLabelValues": ["github.com/prometheus/client_golang/prometheus.(*MetricVec).hashLabelValues", "github.com/prometheus/client_golang/prometheus.(*metricMap).getOrCreateMetricWithLabelValues"],
  "github.com/prometheus/client_golang/prometheus.(*MetricVec).hashLabelValues": ["github.com/prometheus/client_golang/prometheus.hashAdd~", "github.com/cespare/xxhash/v2.Sum64String"],
  "net/http.(*conn).readRequest": ["net/http.readRequest"],
  "net/http.readRequest": ["net/textproto.(*Reader).ReadMIMEHeader", "bufio.(*Reader).ReadLine"],
  "net/textproto.(*Reader).ReadMIMEHeader": ["net/textproto.canonicalMIMEHeaderKey", "runtime.mapassign_faststr", "net/textproto.(*Reader).readContinuedLineSlice"],
  "bufio.(*Reader).ReadLine": ["bufio.(*Reader).fill"],
  "bufio.(*Reader).fill": ["net/http.(*connReader).Read"],
  "net/http.(*connReader).Read": ["net.(*conn).Read"],
  "net.(*conn).Read": ["internal/poll.(*FD).Read"],
  "internal/poll.(*FD).Read": ["syscall.read"],
  "syscall.read": ["internal/runtime/syscall.Syscall6"],
  "net/http.(*response).finishRequest": ["bufio.(*Writer).Flush"],
  "net/http.(*response).Write": ["bufio.(*Writer).Write"],
  "bufio.(*Writer).Write": ["bufio.(*Writer).Flush", "runtime.memmove"],
  "bufio.(*Writer).Flush": ["net/http.checkConnErrorWriter.Write"],
  "net/http.checkConnErrorWriter.Write": ["net.(*conn).Write"],
  "net.(*conn).Write": ["internal/poll.(*FD).Write"],
  "internal/poll.(*FD).Write": ["syscall.write"],
  "syscall.write": ["internal/runtime/syscall.Syscall6"],
  "internal/runtime/syscall.Syscall6": ["entry_SYSCALL_64_after_hwframe"],
  entry_SYSCALL_64_after_hwframe: ["do_syscall_64"],
  do_syscall_64: ["ksys_write", "ksys_read", "syscall_exit_to_user_mode"],
  ksys_write: ["vfs_write"],
  vfs_write: ["sock_write_iter"],
  sock_write_iter: ["tcp_sendmsg"],
  tcp_sendmsg: ["tcp_sendmsg_locked", "lock_sock_nested"],
  tcp_sendmsg_locked: ["tcp_write_xmit", "skb_copy_datagram_from_iter"],
  tcp_write_xmit: ["ip_queue_xmit", "__tcp_select_window"],
  ip_queue_xmit: ["nft_do_chain", "__dev_queue_xmit", "fib_lookup"],
  __dev_queue_xmit: ["loopback_xmit", "net_rx_action"],
  ksys_read: ["vfs_read"],
  vfs_read: ["sock_read_iter", "ext4_file_read_iter"],
  "runtime.makeslice": ["runtime.mallocgc"],
  "runtime.newobject": ["runtime.mallocgc"],
  "runtime.growslice": ["runtime.mallocgc", "runtime.memmove"],
  "runtime.slicebytetostring": ["runtime.mallocgc", "runtime.memmove"],
  "runtime.mallocgc": ["runtime.mallocgcSmallScanNoHeader", "runtime.gcAssistAlloc", "runtime.nextFreeFast~"],
  "runtime.mallocgcSmallScanNoHeader": ["runtime.(*mcache).nextFree", "runtime.heapSetTypeNoHeader~", "runtime.memclrNoHeapPointers"],
  "runtime.(*mcache).nextFree": ["runtime.(*mcache).refill"],
  "runtime.(*mcache).refill": ["runtime.(*mcentral).cacheSpan"],
  "runtime.(*mcentral).cacheSpan": ["runtime.(*sweepLocked).sweep", "runtime.(*mcentral).grow"],
  "runtime.gcAssistAlloc": ["runtime.systemstack"],
  "runtime.systemstack": ["runtime.gcAssistAlloc.func2", "runtime.gcBgMarkWorker.func2"],
  "runtime.gcAssistAlloc.func2": ["runtime.gcDrainN"],
  "runtime.gcDrainN": ["runtime.scanobject"],
  "runtime.mapassign_faststr": ["internal/runtime/maps.(*Map).growToTable", "aeshashbody", "runtime.mallocgc"],
  "runtime.mapaccess2_faststr": ["aeshashbody", "internal/runtime/maps.ctrlGroupMatchH2~"],
  "runtime.mapaccess1_faststr": ["aeshashbody", "memeqbody"],
  "runtime.gcBgMarkWorker": ["runtime.systemstack"],
  "runtime.gcBgMarkWorker.func2": ["runtime.gcDrain"],
  "runtime.gcDrain": ["runtime.scanobject", "runtime.scanobject", "runtime.markroot", "runtime.(*gcWork).balance"],
  "runtime.scanobject": ["runtime.greyobject", "runtime.findObject", "runtime.(*mspan).typePointersOfUnchecked~"],
  "runtime.markroot": ["runtime.scanstack", "runtime.markrootBlock"],
  "runtime.scanstack": ["runtime.(*unwinder).next", "runtime.scanframeworker"],
  "runtime.mcall": ["runtime.park_m"],
  "runtime.park_m": ["runtime.schedule"],
  "runtime.schedule": ["runtime.findRunnable", "runtime.execute"],
  "runtime.findRunnable": ["runtime.netpoll", "runtime.stealWork", "runtime.futex", "runtime.checkTimers~"],
  "runtime.netpoll": ["internal/runtime/syscall.EpollWait"],
  "internal/runtime/syscall.EpollWait": ["internal/runtime/syscall.Syscall6"],
  "runtime.main": ["main.main"],
  "main.main": ["main.run"],
  "main.run": [`${MODULE}/internal/load.(*Generator).Run`, "net/http.(*Server).Serve"],
  [`${MODULE}/internal/load.(*Generator).Run`]: ["net/http.(*Client).Do", "encoding/json.Unmarshal", "math/rand/v2.IntN~"],
  "net/http.(*Client).Do": ["net/http.(*Client).do"],
  "net/http.(*Client).do": ["net/http.(*Transport).roundTrip", "net/url.Parse"],
  "net/http.(*Transport).roundTrip": ["net/http.(*persistConn).roundTrip", "net/http.(*Transport).getConn"],
  "runtime.sysmon": ["runtime.retake", "runtime.usleep"],
};

const ROOTS = ["net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "net/http.(*conn).serve", "runtime.gcBgMarkWorker", "runtime.gcBgMarkWorker", "runtime.mcall", "runtime.main"];
const KERNEL = /^(entry_SYSCALL|do_syscall|ksys_|vfs_|sock_|tcp_|__tcp|ip_|nft_|__dev|loopback|fib_|net_rx|skb_|lock_sock|ext4_|syscall_exit)/;

/**
 * The frame of a function, with a file and line made up from its name.
 * @param {string} marked
 * @returns {Frame}
 */
export function goFrame(marked) {
  const inlined = marked.endsWith("~");
  const name = inlined ? marked.slice(0, -1) : marked;
  if (KERNEL.test(name)) return { name, package: "[kernel.kallsyms]", category: "kernel" };
  if (/^(sqlite3|moveToChild|memcmp|pread64)/.test(name)) return { name, package: "libsqlite3.so.0", category: "native", file: "sqlite3.c", line: 88000 + (hash(name) % 9000) };
  if (/^(aeshash|memeq)/.test(name)) return { name, package: "runtime", category: "runtime", file: `${GO}runtime/asm_amd64.s`, line: 100 + (hash(name) % 900) };
  const bracket = name.search(/[[(]/);
  const head = bracket < 0 ? name : name.slice(0, bracket);
  const slash = head.lastIndexOf("/");
  const dot = head.indexOf(".", slash + 1);
  const packageName = dot < 0 ? head : head.slice(0, dot);
  const base = packageName.slice(packageName.lastIndexOf("/") + 1);
  const line = 20 + (hash(name) % 1500);
  if (packageName === "main" || packageName.startsWith(MODULE)) {
    const folder = packageName === "main" ? "cmd/shop" : packageName.slice(MODULE.length + 1);
    return { name, package: packageName, category: "own", file: `/src/shop/${folder}/${base}.go`, line, inlined };
  }
  if (packageName.includes(".")) return { name, package: packageName, category: "third-party", file: `/go/pkg/mod/${packageName}@v1.9.0/${base}.go`, line, inlined };
  const category = /^(runtime|internal\/runtime)/.test(packageName) && !packageName.startsWith("runtime/pprof") ? "runtime" : "std";
  return { name, package: packageName, category, file: `${GO}${packageName}/${base}.go`, line, inlined };
}

function hash(/** @type {string} */ text) {
  let value = 7;
  for (const character of text) value = (Math.imul(value, 31) + character.charCodeAt(0)) >>> 0;
  return value;
}

/**
 * Stacks of a CPU profile: samples, and nanoseconds at 999 Hz.
 * @param {{ samples?: number, seed?: number }} [options]
 */
export function goServiceStacks({ samples = 72000, seed = 42 } = {}) {
  const random = seededRandom(seed);
  const pick = (/** @type {string[]} */ from) => from[Math.floor(random() * from.length)] ?? "";
  /** @type {Map<string, { frames: Frame[], values: number[] }>} */
  const stacks = new Map();
  for (let sample = 0; sample < samples; sample += 1) {
    const path = [ROOTS[Math.floor(random() * ROOTS.length)] ?? ""];
    for (;;) {
      const callees = CALLS[(path.at(-1) ?? "").replace(/~$/, "")];
      if (callees === undefined || path.length > 60 || random() < 0.012) break;
      path.push(pick(callees));
    }
    const key = path.join(";");
    const stack = stacks.get(key);
    if (stack === undefined) stacks.set(key, { frames: path.map(goFrame), values: [1, 1001001] });
    else stack.values = [(stack.values[0] ?? 0) + 1, (stack.values[1] ?? 0) + 1001001];
  }
  return [...stacks.values()];
}

/** The report of the service that the screenshots and the browser tests use. */
export function goServiceReport() {
  const stacks = goServiceStacks();
  const heap = goServiceStacks({ samples: 5000, seed: 7 }).map(({ frames, values }) => ({
    frames: [...frames, goFrame("runtime.mallocgc")],
    values: [values[0] ?? 0, (values[0] ?? 0) * 8192],
  }));
  return {
    title: "shop",
    subtitle: "pid 4181, 24.0 s at 999 Hz on 3 CPUs, cycles",
    generator: "firesteel 0.1.0",
    metadata: /** @type {[string, string][]} */ ([
      ["Command", "./shop -listen :8080 -load 64"],
      ["Host", "build-7, Linux 6.12.9, x86-64, 8 CPUs"],
      ["Go version", "go1.27.3"],
      ["Event", "cycles:u at 999 Hz, kernel stacks included"],
      ["Duration", "24.02 s"],
      ["Samples", "72,000"],
      ["Lost", "12"],
      ["Threads", "14"],
    ]),
    warnings: ["12 samples were lost (0.05%): the ring buffer was full", "3 stacks were cut at 127 frames"],
    profiles: [
      {
        name: "cpu",
        sampleTypes: [
          { name: "samples", unit: "count" },
          { name: "cpu", unit: "nanoseconds" },
        ],
        defaultSampleType: 1,
        duration: 24.02e9,
        stacks,
      },
      {
        name: "heap",
        sampleTypes: [
          { name: "inuse_objects", unit: "count" },
          { name: "inuse_space", unit: "bytes" },
        ],
        defaultSampleType: 1,
        stacks: heap,
      },
    ],
  };
}
