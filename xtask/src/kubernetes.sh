# Builds the API server and the controllers of the Kubernetes that this Debian has as source, into /root/programs, beside its etcd.
# Argument: the version that it must be, such as 1.20.2.
set -eu
version=$1
sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >/etc/apt/sources.list.d/sources.list
apt-get update --quiet
cd /root
apt-get source --quiet --only-source kubernetes
ls -d kubernetes-*"$version" || { echo "Debian has another Kubernetes than $version: change packaging/helm/pins.toml" >&2; exit 1; }

# Kubernetes of that age is found by its place below GOPATH, and brings everything else.
export HOME=/root PATH=/usr/lib/go-1.19/bin:/usr/bin:/bin GOPATH=/root/go GO111MODULE=off GOFLAGS=-trimpath CGO_ENABLED=0
mkdir -p go/src/k8s.io programs
mv kubernetes-*"$version" go/src/k8s.io/kubernetes
cd go/src/k8s.io/kubernetes

# What the server tells clients about its objects, by which helm checks them, is generated from every folder that asks for it.
folders=$(grep --recursive --files-with-matches --include='*.go' '+k8s:openapi-gen=' pkg staging/src/k8s.io |
  grep --invert-match --regexp=/code-generator/ --regexp=/sample-apiserver/ |
  xargs --max-args=1 dirname | sort --unique |
  sed --expression='s|^staging/src/|k8s.io/kubernetes/vendor/|' --expression='s|^pkg/|k8s.io/kubernetes/pkg/|' |
  paste --serial --delimiters=,)
go run k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen --input-dirs "$folders" --report-filename /dev/null \
  --output-package k8s.io/kubernetes/pkg/generated/openapi --output-file-base zz_generated.openapi \
  --go-header-file hack/boilerplate/boilerplate.generatego.txt

# Two packages know the version: what the programs say of themselves, and what the server says to clients.
major=${version%%.*} minor=${version#*.} minor=${minor%%.*}
known=
for package in component-base/version client-go/pkg/version; do
  for value in "gitVersion=v$version" "gitMajor=$major" "gitMinor=$minor"; do
    known="$known -X k8s.io/kubernetes/vendor/k8s.io/$package.$value"
  done
done
go build -o /root/programs -ldflags "-s -w$known" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager
cp /usr/bin/etcd /root/programs
