package web

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

const (
	helloTimeout   = 5 * time.Second  // for a program to say who it is
	traderSilence  = 12 * time.Second // two heartbeats and some: the program is gone
	maxCommand     = 1 << 10          // bytes of a message from a program
	maxTraders     = 1000             // sockets
	maxOwnTraders  = 8                // sockets of one member
	lookAgainEvery = 10 * time.Second // of the wall: whether the token of an open socket is still good
	sweepPatience  = 2 * time.Minute  // of the wall: to cancel the orders of a socket that died; a market is back sooner
	sweepPause     = 250 * time.Millisecond
)

// errSession is returned for an order of a session that is over, or another member's.
var errSession = problem.New(problem.Conflict, "this session is not open, and nothing was done: connect again and use the new one, or look at the order if it may have arrived before")

// sessions are the sockets whose orders end with them. An order of a session is under way only while its session is held,
// so when the session ends, what it placed is in the log already and is found there.
type sessions struct {
	mu    sync.Mutex
	open  map[uint64]*session
	alone bool // orders of sessions that ended with an earlier server are cancelled
}

type session struct {
	member energy.Member
	under  sync.WaitGroup // orders under way
}

func newSessions() *sessions { return &sessions{open: map[uint64]*session{}} }

// begin makes a session with a number that no other ever had, and that says whether its orders end with it.
func (s *sessions) begin(member energy.Member, ends bool) uint64 {
	var number [8]byte
	rand.Read(number[:]) // never fails (crypto/rand)
	id := binary.BigEndian.Uint64(number[:])%exchange.LastingSession | 1
	if !ends {
		id += exchange.LastingSession
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[id] = &session{member: member}
	return id
}

// hold keeps a session from ending until release is called, or refuses one that is not open to the member.
func (s *sessions) hold(id uint64, member energy.Member) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.open[id]
	if !ok || one.member != member {
		return nil, errSession
	}
	one.under.Add(1)
	return one.under.Done, nil
}

// end closes a session and returns when nothing of it is under way.
func (s *sessions) end(id uint64) {
	s.mu.Lock()
	one := s.open[id]
	delete(s.open, id)
	s.mu.Unlock()
	one.under.Wait()
}

// begun notes that nothing of an earlier server's sessions rests any more.
func (s *sessions) begun() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alone = true
}

// mayEnd reports whether sessions may begin whose orders end with them.
func (s *sessions) mayEnd() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alone
}

// trader is a program's open socket.
type trader struct {
	client
	who     caller
	session uint64
	cancel  bool      // its orders are cancelled when it goes
	looked  time.Time // at the token, by the wall
}

var traderUpgrader = websocket.Upgrader{
	HandshakeTimeout: upgrader.HandshakeTimeout,
	ReadBufferSize:   maxCommand,
	WriteBufferSize:  upgrader.WriteBufferSize,
	WriteBufferPool:  upgrader.WriteBufferPool,
	CheckOrigin:      upgrader.CheckOrigin,
	Error:            upgrader.Error,
}

// getFeed serves one program until either side closes the socket.
func (s *Server) getFeed(w http.ResponseWriter, r *http.Request) {
	conn, err := traderUpgrader.Upgrade(w, r, nil)
	if err != nil {
		return // answered by the upgrader
	}
	if !s.feed.enter() {
		closeWith(conn, websocket.CloseTryAgainLater)
		return
	}
	defer s.feed.handlers.Done()
	t := &trader{client: client{conn: conn, queue: make(chan frame, feedQueue)}}
	conn.SetReadLimit(maxCommand)
	from, code := s.greet(r, t)
	if code != 0 {
		closeWith(conn, code)
		return
	}
	t.session = s.sessions.begin(t.who.member, t.cancel)
	if !s.feed.join(t, from) {
		s.sessions.end(t.session)
		closeWith(conn, websocket.CloseTryAgainLater)
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		t.write()
	}()
	s.listen(r.Context(), t)
	s.feed.leave(t)
	s.sessions.end(t.session)
	if t.cancel {
		s.sweepSession(r.Context(), t)
	}
	<-written
}

// greet reads the first message, in which a program says who it is and what it wants, and from which number on; or it
// returns the code to close the socket with.
func (s *Server) greet(r *http.Request, t *trader) (from uint64, code int) {
	_ = t.conn.SetReadDeadline(within(helloTimeout))
	_, text, err := t.conn.ReadMessage()
	if err != nil {
		return 0, websocket.CloseProtocolError
	}
	o, err := parseObject(text, "op", "token", "from", "cancel_on_disconnect")
	if op, _ := o.text("op"); err != nil || op != "hello" {
		return 0, websocket.CloseUnsupportedData
	}
	token, err := o.text("token")
	if token == "" {
		token = tokenOf(r)
	}
	number, err2 := o.integer("from")
	flag, err3 := o.flag("cancel_on_disconnect")
	if err != nil || err2 != nil || err3 != nil {
		return 0, websocket.CloseUnsupportedData
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxRequest)
	defer cancel()
	t.who, err = s.identify(ctx, token)
	switch {
	case problem.KindOf(err) == problem.Denied && err != nil, flag && t.who.scope < TradeScope && err == nil:
		return 0, websocket.ClosePolicyViolation
	case err != nil:
		s.explain(ctx, r.URL.Path, err)
		return 0, websocket.CloseTryAgainLater
	case s.throttle.take(t.who.member, lookRate) > 0:
		return 0, websocket.CloseTryAgainLater
	}
	t.cancel, t.looked = flag && s.config.Submit != nil, s.config.Wall()
	if t.cancel && !s.sessions.mayEnd() {
		return 0, websocket.CloseTryAgainLater
	}
	return uint64(number), 0
}

// enter counts an open socket, or reports false when the feed has stopped.
func (f *feed) enter() bool {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	if !f.stopped {
		f.handlers.Add(1)
	}
	return !f.stopped
}

// join welcomes a program, sends what it has missed and lets it hear what follows.
func (f *feed) join(t *trader, from uint64) bool {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	own := 0
	for other := range f.traders {
		if other.who.member == t.who.member {
			own++
		}
	}
	if f.stopped || len(f.traders) >= maxTraders || own >= maxOwnTraders {
		return false
	}
	f.cut()
	f.traders[t] = true
	f.send(t, encode(welcomeWire{
		Kind: "welcome", Member: t.who.member, Scope: t.who.scope.String(), Session: formatSession(t.session), CancelOnDisconnect: t.cancel,
		HeartbeatMs: feedHeartbeat.Milliseconds(), Next: f.next, NowMs: f.state.now().UnixMilli(),
	}))
	f.resume(t, from)
	return true
}

func (f *feed) leave(t *trader) {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	f.forget(t)
}

// say queues an answer for one program.
func (f *feed) say(t *trader, value any) {
	message := encode(value)
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	f.send(t, message)
}

// listen answers a program's messages one after the other until it is gone, silent for too long or no longer welcome.
func (s *Server) listen(ctx context.Context, t *trader) {
	t.conn.SetPongHandler(func(string) error { return s.heard(ctx, t) })
	for err := s.heard(ctx, t); err == nil; err = s.heard(ctx, t) {
		var text []byte
		if _, text, err = t.conn.ReadMessage(); err != nil {
			break
		}
		s.obey(ctx, t, text)
	}
	_ = t.conn.SetReadDeadline(within(0))
}

// heard gives a program that was just heard of more time, unless its token is no longer good.
func (s *Server) heard(ctx context.Context, t *trader) error {
	if !s.stillGood(ctx, t) {
		farewell := websocket.FormatCloseMessage(websocket.ClosePolicyViolation, "")
		_ = t.conn.WriteControl(websocket.CloseMessage, farewell, within(sendTimeout)) // it may be gone already
		return ErrToken
	}
	return t.conn.SetReadDeadline(within(s.feed.silence))
}

// stillGood looks at the token again, not for every message. While that is not possible, who was let in stays.
func (s *Server) stillGood(ctx context.Context, t *trader) bool {
	if now := s.config.Wall(); now.Sub(t.looked) >= lookAgainEvery {
		ctx, cancel := context.WithTimeout(ctx, maxRequest)
		defer cancel()
		again, err := s.identify(ctx, t.who.token)
		if problem.KindOf(err) == problem.Denied && err != nil || err == nil && again.member != t.who.member {
			return false
		}
		if err == nil {
			t.who.scope, t.looked = again.scope, now // the member is read by others
		}
	}
	return true
}

// sweepSession cancels the orders of a program that is gone, and does not give up at the first obstacle.
func (s *Server) sweepSession(ctx context.Context, t *trader) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sweepPatience)
	defer cancel()
	log := s.config.Log.With(slog.String("member", string(t.who.member)), slog.String("session", formatSession(t.session)))
	s.sweepEnded(ctx, log, exchange.Command{Scope: exchange.ScopeSession, Member: t.who.member, Session: t.session})
}

// sweepFormer cancels the orders of sessions that ended when an earlier server did. Until it has, no session begins whose
// orders would end with it.
func (s *Server) sweepFormer(ctx context.Context) {
	if s.config.Submit != nil && s.sweepEnded(ctx, s.config.Log, exchange.Command{Scope: exchange.ScopeSession}) {
		s.sessions.begun()
	}
}

// sweepEnded cancels the orders of sessions that are over, and tries until ctx is done or the server stops.
func (s *Server) sweepEnded(ctx context.Context, log *slog.Logger, c exchange.Command) bool {
	log = log.With(slog.String("zone", string(s.config.Street.Zone)))
	for {
		w, err := s.sweepOnce(ctx, c)
		if err == nil {
			log.LogAttrs(ctx, slog.LevelInfo, "orders cancelled with their session", slog.Int("orders", len(w.ClientIDs)))
			return true
		}
		pause, done := context.WithTimeout(ctx, sweepPause)
		<-pause.Done()
		done()
		if ctx.Err() != nil || s.feed.ended() {
			log.LogAttrs(ctx, slog.LevelError, "orders of a session that ended may still rest", slog.Any("error", err))
			return false
		}
	}
}

func (s *Server) sweepOnce(ctx context.Context, c exchange.Command) (sweepWire, error) {
	ctx, cancel := context.WithTimeout(ctx, maxRequest)
	defer cancel()
	return s.sweepScope(ctx, c)
}

func (f *feed) ended() bool {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	return f.stopped
}
