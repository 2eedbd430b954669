load /work/main/tests/live/helpers
setup() { live_setup; }
@test "x" {
echo hi >&3
start rhythm sleep 1
echo hi2 >&3
}
teardown() { echo td >&3; live_teardown; echo td2 >&3; }
