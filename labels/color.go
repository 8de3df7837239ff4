package labels

// Color is one of the two sides of an app. The zero value means "none".
type Color string

// The two colors.
const (
	Blue  Color = "blue"
	Green Color = "green"
)

// Colors lists both colors in the fixed order in which everything is
// decided, rendered and shown.
var Colors = [2]Color{Blue, Green}

// Other returns the opposite color, and "" for anything that is no color.
func (c Color) Other() Color {
	switch c {
	case Blue:
		return Green
	case Green:
		return Blue
	}
	return ""
}

// Valid reports whether c is blue or green.
func (c Color) Valid() bool { return c == Blue || c == Green }
