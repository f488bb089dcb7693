package modbus

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/goburrow/modbus"
)

// MaxRegisters is how many registers one read may ask for: Modbus Application Protocol V1.1b3, section 6.3.
const MaxRegisters = 125

// Client speaks to one unit of a link. It is safe for concurrent use.
type Client struct {
	link *Link
	unit byte
}

// Unit is the client of the unit with this id.
func (l *Link) Unit(id byte) *Client { return &Client{link: l, unit: id} }

// Limit is how many registers the device gives in one answer.
func (c *Client) Limit() uint16 { return uint16(c.link.config.MaxRegisters) }

// ReadHoldingRegisters reads count registers, 1 to Limit, beginning at address. It also returns the frame they came
// in, byte for byte as the device sent it. A device's refusal is an *Exception.
func (c *Client) ReadHoldingRegisters(ctx context.Context, address, count uint16) (registers []uint16, frame []byte, err error) {
	return c.read(ctx, address, count, modbus.Client.ReadHoldingRegisters)
}

// ReadInputRegisters is ReadHoldingRegisters for function 4, where meters keep what only they may write.
func (c *Client) ReadInputRegisters(ctx context.Context, address, count uint16) (registers []uint16, frame []byte, err error) {
	return c.read(ctx, address, count, modbus.Client.ReadInputRegisters)
}

func (c *Client) read(ctx context.Context, address, count uint16,
	function func(modbus.Client, uint16, uint16) ([]byte, error)) (registers []uint16, frame []byte, err error) {
	t := &transport{ctx: ctx, link: c.link}
	data, err := function(c.over(t), address, count)
	if err == nil && len(data) != 2*int(count) {
		err = fmt.Errorf("%d bytes: %w", len(data), ErrProtocol)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read %s unit %d registers %d+%d: %w", c.link.config.Address, c.unit, address, count, translate(err))
	}
	registers = make([]uint16, count)
	for i := range registers {
		registers[i] = binary.BigEndian.Uint16(data[2*i:])
	}
	return registers, t.received, nil
}

// WriteMultipleRegisters writes 1 to 123 values to the registers beginning at address. After an error other than an
// *Exception it is not known whether the device took them.
func (c *Client) WriteMultipleRegisters(ctx context.Context, address uint16, values []uint16) error {
	data := make([]byte, 0, 2*len(values))
	for _, v := range values {
		data = binary.BigEndian.AppendUint16(data, v)
	}
	_, err := c.over(&transport{ctx: ctx, link: c.link}).WriteMultipleRegisters(address, uint16(len(values)), data)
	if err != nil {
		return fmt.Errorf("write %s unit %d registers %d+%d: %w", c.link.config.Address, c.unit, address, len(values), translate(err))
	}
	return nil
}

// over is a goburrow client for one call. Its handler serves as packager only: it holds the unit, which is why
// calls do not share it.
func (c *Client) over(t *transport) modbus.Client {
	if c.link.config.serial() {
		packager := modbus.NewRTUClientHandler("")
		packager.SlaveId = c.unit
		return modbus.NewClient2(packager, t)
	}
	packager := modbus.NewTCPClientHandler("")
	packager.SlaveId = c.unit
	return modbus.NewClient2(packager, t)
}

// transport carries the one frame of a call over the link: goburrow's Transporter.
type transport struct {
	ctx      context.Context
	link     *Link
	received []byte
}

// Send implements modbus.Transporter. The link numbers transactions itself, so the answer is given back under the
// number the packager chose and checks.
func (t *transport) Send(request []byte) ([]byte, error) {
	frame, err := t.link.exchange(t.ctx, t.link.bodyOf(request))
	if err != nil {
		return nil, err
	}
	t.received = frame
	if t.link.config.serial() {
		return frame, nil
	}
	answer := append([]byte(nil), frame...)
	setTransaction(answer, transaction(request))
	return answer, nil
}

func translate(err error) error {
	var refusal *modbus.ModbusError
	if errors.As(err, &refusal) {
		return &Exception{Function: refusal.FunctionCode &^ exceptionBit, Code: refusal.ExceptionCode}
	}
	return err
}
