// Package charging says what a charging session is, costs and proves. It is pure: sessions are step machines that are told what
// happened, prices are functions of what was metered, and a receipt's amounts add up to the last unit.
//
// The price is known before the start: a session keeps the tariff that was quoted, whatever the owner changes meanwhile. Money is
// rounded twice only: a line that counts seconds, to 1e-9 of the currency, and the sum a driver pays, to cents; what that second
// rounding leaves is the owner's.
package charging
