byte o0[2];
byte o1[2];
byte pos = 0;

active [1] proctype group0() {
S8: /* srcu_read_lock(&arena->srcu) */
  if
  :: d_step { (true) -> o0[_pid] = 1; } goto S7;
  fi;
S7: /* arena->x -> % */
  if
  :: d_step { (pos==0) -> skip; } goto S6;
  :: d_step { (pos>=1) -> skip; } goto S4;
  fi;
S6: /* srcu_read_unlock(&arena->srcu) */
  if
  :: d_step { (true) -> o1[_pid] = 0; o0[_pid] = 0; } goto end_5;
  fi;
S4: /* arena->y -> % */
  if
  :: d_step { (pos<=3) -> skip; } goto S3;
  :: d_step { (pos==4) -> skip; } goto S1;
  fi;
end_5:
  false;
S3: /* srcu_read_unlock(&arena->srcu) */
  if
  :: d_step { (true) -> o1[_pid] = 0; o0[_pid] = 0; } goto end_2;
  fi;
S1: /* srcu_read_unlock(&arena->srcu) */
  if
  :: d_step { (true) -> o1[_pid] = 0; o0[_pid] = 0; } goto end_0;
  fi;
end_2:
  false;
end_0:
  false;
}

active [1] proctype group1() {
S0: /* arena->x := 1 */
  if
  :: d_step { (true) -> pos = 1; } goto S1;
  fi;
S1: /* synchronize_srcu() begins */
  if
  :: d_step { (true) -> if :: (o1[0]==0 && o0[0]==1) -> o1[0] = 1 :: else fi; o1[_pid] = 0; pos = 2; } goto S2;
  fi;
S2: /* synchronize_srcu() ends */
  if
  :: d_step { (o1[0]==0) -> pos = 3; } goto S3;
  fi;
S3: /* arena->y := 1 */
  if
  :: d_step { (true) -> pos = 4; } goto end_4;
  fi;
end_4:
  false;
}
