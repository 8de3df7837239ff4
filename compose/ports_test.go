package compose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPublishedPortsBecomeExposedUnlessALabelKeepsThem(t *testing.T) {
	for _, c := range []struct {
		given, labels  string
		expose         []string
		ports          string
		severity, text string
	}{
		{"ports: ['8080:80']", "", []string{"80"}, "", Warning, "8080:80"},
		{"ports: ['8080:80']", "bg.port: '80',", []string{"80"}, "", Info, "bg.publish=PORT"},
		{"ports: ['127.0.0.1:8080:80', '53:53/udp', '9000']", "", []string{"80", "53/udp", "9000"}, "", Warning, "127.0.0.1:8080:80, 53:53/udp, 9000"},
		{"ports: ['8080:80'], expose: ['80/tcp', '81']", "", []string{"80/tcp", "81"}, "", Warning, "8080:80"},
		{"ports: ['8080:80', '8443:443']", "bg.publish: '8443', bg.handover: exclusive,", []string{"80"}, "8443", Warning, "8080:80"},
		{"ports: ['8443:443']", "bg.publish: '8443',", nil, "8443", Error, "bg.handover=exclusive"},
		{"ports: ['8000-8001:80']", "bg.publish: '8001',", nil, "8000-8001", "", ""},
	} {
		p := mustLoad(t, services("  web: {image: w, "+c.given+", labels: {"+c.labels+" bg.enable: 'true'}}"))
		s := green(t, p).Services["web-green"]
		var ports []string
		for _, port := range s.Ports {
			ports = append(ports, port.Published)
		}
		if diff := cmp.Diff(c.expose, []string(s.Expose)); diff != "" || strings.Join(ports, " ") != c.ports {
			t.Errorf("%s with %s publishes %v and exposes (-want +got):\n%s", c.given, c.labels, ports, diff)
		}
		if c.severity == "" {
			wantNoNote(t, p, "web", "ports")
		} else {
			wantNote(t, p, c.severity, "web", "ports", c.text)
		}
	}
}

func TestTCPPortsAreThoseOfExposeAndPorts(t *testing.T) {
	p := mustLoad(t, services("  web: {image: w, ports: ['1:80', '2:53/udp'], expose: ['81', '90-92/tcp', '93/udp', '80'], labels: {bg.enable: 'true'}}"))
	if diff := cmp.Diff([]int{80, 81, 90, 91, 92}, tcpPorts(p.model.Services["web"])); diff != "" {
		t.Error(diff)
	}
}
